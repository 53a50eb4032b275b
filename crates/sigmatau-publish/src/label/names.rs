//! Names that data bring along: estimators, columns, severities.

use super::{Label, pair};

/// The names that have a label; others are shown as they are.
pub(super) static NAMES: &[Label] = &[
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
];
