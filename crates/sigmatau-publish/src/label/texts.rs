//! What the page itself says.

use super::{Label, pair};

/// Every text of the page.
pub(super) static TEXTS: &[Label] = &[
    // Headings.
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
    pair("calibration", "Calibration", "校准"),
    pair("measurement-uncertainty", "Measurement uncertainty", "测量不确定度"),
    // What joins words and sentences.
    pair("colon", ": ", "："),
    pair("comma", ", ", "、"),
    pair("stop", ". ", "。"),
    pair("space", " ", ""),
    // Facts of the summary.
    pair("count-records", "Records", "记录"),
    pair("count-series", "Series", "序列"),
    pair("count-estimators", "Estimators", "估计量"),
    pair("count-findings", "Findings", "发现"),
    pair("weighed", "{count} ({parts})", "{count}（{parts}）"),
    // Sentences.
    pair("every-row", "The same in every row", "各行相同"),
    pair("ranking", "Ranking at common abscissas", "共同横坐标上的排序"),
    pair("chart", "{subject} against {abscissa}", "{subject}随{abscissa}的变化"),
    pair(
        "chart-intervals",
        "{subject} against {abscissa}; whiskers show the confidence interval",
        "{subject}随{abscissa}的变化；误差线表示置信区间",
    ),
    pair(
        "thinned",
        "of each {stretch} readings the lowest and the highest are shown",
        "每 {stretch} 个读数中只画出最低与最高两点",
    ),
    pair(
        "headline-mask",
        "Least margin: {margin_db} dB, {series} against {mask} at τ = {tau_s} s",
        "最小裕量：{margin_db} dB（{series}，模板 {mask}，τ = {tau_s} s）",
    ),
    pair(
        "headline-time-error",
        "Largest time error in the record: {largest_s} s, {series}; allowed are {limit_s} s",
        "记录中最大时间误差：{largest_s} s（{series}）；允许 {limit_s} s",
    ),
    pair(
        "headline-energy",
        "Largest uncertainty of an interval of the meter: {u_pct} % with an expected error of {error_pct} %, \
         {series}, {elapsed_s} s after its clock was set",
        "计量区间的最大不确定度：{u_pct} %，预期误差 {error_pct} %（{series}，对时后 {elapsed_s} s）",
    ),
    pair(
        "headline-conformity",
        "Largest risk of a verdict: {specific_risk}, {id} by {rule}",
        "判定的最大特定风险：{specific_risk}（{id}，规则 {rule}）",
    ),
    pair(
        "headline-equivalence",
        "Farthest from the consensus value: {laboratory}, E_n {e_n}",
        "偏离参考值最大：{laboratory}（E_n {e_n}）",
    ),
    pair("verdicts", "Rows by verdict", "按结论统计的行数"),
    pair(
        "fleet",
        "{count} series in grey; at {at} {highest} is the highest, {median} has the median rank, {lowest} is the lowest",
        "共 {count} 个序列，以灰线表示；{at} 处 {highest} 最高，{median} 居中，{lowest} 最低",
    ),
    pair(
        "fleet-unranked",
        "{count} series in grey; they share no abscissa at which they could be ranked",
        "共 {count} 个序列，以灰线表示；无可供排序的共同横坐标",
    ),
    pair("certificates", "Certificates", "证书"),
    pair(
        "graph",
        "each certificate is joined to what it rests on, roots on top",
        "每份证书与其所依据的证书相连，根在最上方",
    ),
    pair(
        "graph-caption",
        "{count} certificates, roots on top; the {unsound} with a fault are squares",
        "共 {count} 份证书，根在最上方；其中 {unsound} 份有问题，以方块表示",
    ),
    pair("nothing-drawable", "no point can be drawn", "没有可绘制的点"),
    pair("selection", "{shown} of {total} rows are shown.", "共 {total} 行，列出 {shown} 行。"),
    pair("complete", "All rows are in the record `{step}` in {place}.", "全部数据见 {place} 中的记录“{step}”。"),
    pair("empty-record", "The record has no rows.", "该记录没有数据行。"),
];
