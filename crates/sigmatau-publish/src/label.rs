//! What documents say, in English and Chinese.

use crate::PublishError;
use sigmatau_core::nearest::did_you_mean;

/// A language that documents can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese in simplified characters.
    Chinese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The language tag: `en` or `zh`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// Reads back [`Language::tag`].
    ///
    /// # Errors
    /// When no labels are written in the language; the known tags are named.
    pub fn named(tag: &str) -> Result<Self, PublishError> {
        let known = Self::ALL.map(Self::tag);
        let found = Self::ALL.into_iter().find(|language| language.tag() == tag);
        found.ok_or_else(|| PublishError::UnknownLanguage { tag: tag.to_owned(), hint: did_you_mean(tag, &known) })
    }

    /// The label of this key, or the key itself where it is a name without a label, such as a column
    /// of another laboratory.
    ///
    /// ```
    /// use sigmatau_publish::Language;
    /// assert_eq!(Language::English.label("oadev"), "overlapping Allan deviation");
    /// assert_eq!(Language::Chinese.label("findings"), "发现");
    /// assert_eq!(Language::English.label("hall"), "hall");
    /// ```
    pub fn label(self, key: &str) -> &str {
        self.known(key).unwrap_or(key)
    }

    /// The label of this key, if it has one.
    fn known(self, key: &str) -> Option<&'static str> {
        let label = LABELS.iter().find(|label| label.key == key)?;
        Some(match self {
            Self::English => label.english,
            Self::Chinese => label.chinese,
        })
    }

    /// The label of this key with each `{name}` replaced by its text.
    pub(crate) fn sentence(self, key: &str, texts: &[(&str, &str)]) -> String {
        let mut sentence = String::new();
        let mut rest = self.label(key);
        while let Some((before, (name, after))) = next_place(rest) {
            let text = texts.iter().find(|(known, _)| *known == name).map_or(name, |(_, text)| text);
            sentence.extend([before, text]);
            rest = after;
        }
        sentence + rest
    }
}

/// Splits at the first `{name}`: what stands before it, the name, what stands behind.
fn next_place(sentence: &str) -> Option<(&str, (&str, &str))> {
    let (before, rest) = sentence.split_once('{')?;
    Some((before, rest.split_once('}')?))
}

struct Label {
    key: &'static str,
    english: &'static str,
    chinese: &'static str,
}

const fn pair(key: &'static str, english: &'static str, chinese: &'static str) -> Label {
    Label { key, english, chinese }
}

static LABELS: &[Label] = &[
    // Estimators.
    pair("adev", "Allan deviation", "阿伦偏差"),
    pair("oadev", "overlapping Allan deviation", "重叠阿伦偏差"),
    pair("mdev", "modified Allan deviation", "修正阿伦偏差"),
    pair("tdev", "time deviation", "时间偏差"),
    pair("hdev", "Hadamard deviation", "哈达玛偏差"),
    pair("ohdev", "overlapping Hadamard deviation", "重叠哈达玛偏差"),
    pair("totdev", "total deviation", "总偏差"),
    pair("mtotdev", "modified total deviation", "修正总偏差"),
    pair("ttotdev", "time total deviation", "时间总偏差"),
    pair("htotdev", "Hadamard total deviation", "哈达玛总偏差"),
    pair("theo1", "Thêo1", "Thêo1 偏差"),
    pair("theobr", "bias-removed Thêo1", "去偏 Thêo1 偏差"),
    pair("theoh", "ThêoH", "ThêoH 偏差"),
    pair("mtie", "maximum time interval error", "最大时间间隔误差"),
    pair("tierms", "rms time interval error", "时间间隔误差均方根"),
    pair("pdev", "parabolic deviation", "抛物偏差"),
    // Columns.
    pair("series", "series", "序列"),
    pair("estimator", "estimator", "估计量"),
    pair("tau_s", "averaging time τ", "平均时间 τ"),
    pair("m", "averaging factor m", "平均因子 m"),
    pair("deviation", "deviation", "偏差"),
    pair("lower", "lower limit", "区间下限"),
    pair("upper", "upper limit", "区间上限"),
    pair("confidence", "confidence level", "置信水平"),
    pair("n", "terms", "项数"),
    pair("edf", "degrees of freedom", "等效自由度"),
    pair("edf_method", "degrees of freedom by", "自由度来源"),
    pair("noise", "noise type", "噪声类型"),
    pair("alpha", "exponent α", "指数 α"),
    pair("bias", "bias factor", "偏差修正因子"),
    pair("flags", "remarks", "备注"),
    pair("severity", "severity", "严重程度"),
    pair("code", "kind", "类别"),
    pair("subject", "about", "对象"),
    pair("seen", "what was seen", "所见"),
    pair("matters", "why it matters", "影响"),
    pair("advice", "what to try", "建议"),
    // Severities.
    pair("failure", "failure", "失败"),
    pair("warning", "warning", "警告"),
    pair("note", "note", "提示"),
    // Headings and sentences of the page.
    pair("summary", "Summary", "摘要"),
    pair("findings", "Findings", "发现"),
    pair("provenance", "Provenance", "溯源信息"),
    pair("parameters", "Parameters", "参数"),
    pair("inputs", "Inputs", "输入"),
    pair("input", "file", "文件"),
    pair("licence", "licence", "许可"),
    pair("not-stated", "not stated", "未注明"),
    pair("schema", "schema", "表结构"),
    pair("analysis", "analysis", "分析"),
    pair("revision", "revision", "修订号"),
    pair("tool", "sigmatau version", "sigmatau 版本"),
    pair("all-series", "All series", "全部序列"),
    pair("rows", "Rows", "数据行"),
    pair("none", "none", "无"),
    pair("colon", ": ", "："),
    pair("comma", ", ", "、"),
    pair("stop", ". ", "。"),
    pair("space", " ", ""),
    pair("count-records", "Records", "记录"),
    pair("count-series", "Series", "序列"),
    pair("count-estimators", "Estimators", "估计量"),
    pair("count-findings", "Findings", "发现"),
    pair("every-row", "The same in every row", "各行相同"),
    pair("ranking", "Ranking at common averaging times", "共同平均时间上的排序"),
    pair(
        "chart",
        "{subject} against averaging time on logarithmic axes; whiskers show the confidence interval",
        "{subject}随平均时间变化的双对数图；误差线表示置信区间",
    ),
    pair(
        "fleet",
        "{count} series in grey; at τ = {tau} s {highest} is the highest, {median} has the median rank, {lowest} is the lowest",
        "共 {count} 个序列，以灰线表示；τ = {tau} s 处 {highest} 最高，{median} 居中，{lowest} 最低",
    ),
    pair(
        "fleet-unranked",
        "{count} series in grey; they share no averaging time at which they could be ranked",
        "共 {count} 个序列，以灰线表示；无可供排序的共同平均时间",
    ),
    pair("nothing-drawable", "no point can be drawn on logarithmic axes", "没有可在对数坐标上绘制的点"),
    pair("weighed", "{count} ({parts})", "{count}（{parts}）"),
    pair("selection", "{shown} of {total} rows are shown.", "共 {total} 行，列出 {shown} 行。"),
    pair("complete", "All rows are in the record `{step}` in {place}.", "全部数据见 {place} 中的记录“{step}”。"),
    pair("empty-record", "The record has no rows.", "该记录没有数据行。"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_both_languages_and_stands_once() {
        for (place, label) in LABELS.iter().enumerate() {
            assert!(!label.english.is_empty() && (!label.chinese.is_empty() || label.english == " "), "{}", label.key);
            assert!(LABELS[..place].iter().all(|earlier| earlier.key != label.key), "{} stands twice", label.key);
        }
    }

    #[test]
    fn columns_of_stability_and_findings_have_labels() {
        for field in
            [&sigmatau_data::schema::stability::SCHEMA, &sigmatau_data::schema::finding::SCHEMA].map(|s| s.fields)
        {
            field.iter().for_each(|field| assert!(Language::Chinese.known(field.name).is_some(), "{}", field.name));
        }
    }

    #[test]
    fn both_languages_leave_the_same_places_to_fill() {
        let places = |mut sentence: &'static str| {
            let mut names = Vec::new();
            while let Some((_, (name, rest))) = next_place(sentence) {
                names.push(name);
                sentence = rest;
            }
            names.sort_unstable();
            names
        };
        for label in LABELS {
            assert_eq!(places(label.english), places(label.chinese), "{}", label.key);
        }
    }

    #[test]
    fn filled_in_text_is_not_filled_in_again() {
        let sentence = Language::English.sentence("selection", &[("shown", "{total}"), ("total", "7")]);
        assert_eq!(sentence, "{total} of 7 rows are shown.");
    }

    #[test]
    fn unknown_language_names_the_known_ones() {
        let message = Language::named("de").unwrap_err().to_string();
        assert_eq!(message, "publish in `de`: there are no labels in this language; known are `en`, `zh`");
    }
}
