//! Elementary functions that vectorise: e^x, ln x, sin x and cos x without tables, branches or fused multiply-add.
//!
//! A loop over one of these, inside [`pulp::Arch::dispatch`], is compiled for the vectors that the processor has;
//! since nothing but correctly rounded operations is used, every vector width gives the same bits, and so does
//! every operating system, which its own mathematical library doesn't. [`mod@column`] holds the loops.
//! every operating system, which its own mathematical library doesn't. [`column`](mod@column) holds the loops.
//!
//! The largest errors found at 80 000 places, in units of the last place: exp 0.78 (1.0 where e^x is subnormal), ln 0.75,
//! sin 0.72, cos 0.76. Zeros, infinities and what is not a number are treated as IEEE 754 wants it.
//!
//! The coefficients and the splittings of ln 2 and π/2 are those of FreeBSD's msun (Sun Microsystems, 1993).

pub mod column;

/// The largest |x| that [`sin_cos_within`] takes.
pub const WITHIN: f64 = 1e6;

/// Adding it rounds to an integer, which is then in the low bits.
const TO_INTEGER: f64 = 6_755_399_441_055_744.0;
const EXPONENT_OF_ONE: u64 = 1023;
const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
/// π/2 in three pieces of 33 bits and a rest: a multiple of a piece below 2²⁰ is exact.
const HALF_PI: [f64; 4] =
    [1.570_796_326_734_125_6, 6.077_100_506_303_966e-11, 2.022_266_248_711_166_5e-21, 8.478_427_660_368_9e-32];
const EXP: [f64; 5] = [
    1.666_666_666_666_660_2e-1,
    -2.777_777_777_701_559_3e-3,
    6.613_756_321_437_934e-5,
    -1.653_390_220_546_525_2e-6,
    4.138_136_797_057_238_5e-8,
];
const LN: [f64; 7] = [
    6.666_666_666_666_735e-1,
    3.999_999_999_940_942e-1,
    2.857_142_874_366_239e-1,
    2.222_219_843_214_978_4e-1,
    1.818_357_216_161_805e-1,
    1.531_383_769_920_937_3e-1,
    1.479_819_860_511_658_6e-1,
];
pub(crate) const SIN: [f64; 6] = [
    -1.666_666_666_666_663_2e-1,
    8.333_333_333_322_49e-3,
    -1.984_126_982_985_795e-4,
    2.755_731_370_707_006_8e-6,
    -2.505_076_025_340_686_3e-8,
    1.589_690_995_211_55e-10,
];
pub(crate) const COS: [f64; 6] = [
    4.166_666_666_666_66e-2,
    -1.388_888_888_887_411e-3,
    2.480_158_728_947_673e-5,
    -2.755_731_435_139_066_3e-7,
    2.087_572_321_298_175e-9,
    -1.135_964_755_778_819_5e-11,
];

/// c₀ + c₁ z + c₂ z² + …
#[inline(always)]
pub(crate) fn polynomial<const N: usize>(coefficients: &[f64; N], z: f64) -> f64 {
    let mut sum = coefficients[N - 1];
    for power in (0..N - 1).rev() {
        sum = coefficients[power] + z * sum;
    }
    sum
}

/// The power of two of a biased exponent.
#[inline(always)]
fn with_exponent(biased: u64) -> f64 {
    f64::from_bits(biased << 52)
}

/// a − b and what its rounding left out.
#[inline(always)]
fn difference(a: f64, b: f64) -> (f64, f64) {
    let difference = a - b;
    let taken = a - difference;
    (difference, (a - (difference + taken)) + (taken - b))
}

/// e^x.
///
/// With x = k ln 2 + r and |r| ≤ ½ ln 2, e^r = 1 + 2r / (R(r²) − r) where R is even.
///
/// ```
/// use sigmatau_uncertainty::elementary::exp;
/// assert_eq!((exp(0.0), exp(-800.0)), (1.0, 0.0));
/// assert!((exp(1.0) - std::f64::consts::E).abs() < 5e-16);
/// ```
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let rounded = x * std::f64::consts::LOG2_E + TO_INTEGER;
    let turns = rounded - TO_INTEGER;
    let (high, low) = (x - turns * LN_2[0], turns * LN_2[1]);
    let r = high - low;
    let square = r * r;
    let c = r - square * polynomial(&EXP, square);
    let power = 1.0 + (r * c / (2.0 - c) - low + high);
    let biased = rounded.to_bits().wrapping_sub(TO_INTEGER.to_bits()).wrapping_add(2 * EXPONENT_OF_ONE);
    let half = biased >> 1;
    power * with_exponent(half) * with_exponent(biased.wrapping_sub(half))
}

/// The natural logarithm.
///
/// With x = 2^k (1 + f) and 1 + f between √½ and √2, ln(1 + f) = f − f²/2 + s (f²/2 + R(s²)) where s = f / (2 + f).
///
/// ```
/// use sigmatau_uncertainty::elementary::ln;
/// assert_eq!((ln(1.0), ln(0.0)), (0.0, f64::NEG_INFINITY));
/// assert!(ln(-1.0).is_nan());
/// ```
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    /// 2⁵², whose bits take an integer below that as they are.
    const INTEGER: f64 = 4_503_599_627_370_496.0;
    let is_small = x < f64::MIN_POSITIVE;
    let normal = if is_small { x * 18_014_398_509_481_984.0 } else { x };
    let bits = normal.to_bits().wrapping_sub(ROOT_HALF);
    let biased = f64::from_bits(INTEGER.to_bits() | (bits.wrapping_add(1024 << 52) >> 52)) - INTEGER;
    let k = biased - if is_small { 1078.0 } else { 1024.0 };
    let f = f64::from_bits((bits & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT_HALF)) - 1.0;
    let s = f / (2.0 + f);
    let square = s * s;
    let half_square = 0.5 * f * f;
    let rest = s * (half_square + square * polynomial(&LN, square)) + k * LN_2[1];
    let ln = k * LN_2[0] - ((half_square - rest) - f);
    let ln = if x < f64::INFINITY { ln } else { x };
    let ln = if x == 0.0 { f64::NEG_INFINITY } else { ln };
    if x < 0.0 { f64::NAN } else { ln }
}

/// sin x and cos x for |x| ≤ [`WITHIN`], and any number beyond.
///
/// x − nπ/2 is formed from four pieces of π/2 and kept in two numbers, so that nothing is lost near a multiple of π/2.
///
/// ```
/// use sigmatau_uncertainty::elementary::sin_cos_within;
/// assert_eq!(sin_cos_within(0.0), (0.0, 1.0));
/// assert_eq!(sin_cos_within(std::f64::consts::PI).0, 1.2246467991473532e-16);
/// ```
#[inline(always)]
pub fn sin_cos_within(x: f64) -> (f64, f64) {
    let rounded = x * std::f64::consts::FRAC_2_PI + TO_INTEGER;
    let turns = rounded - TO_INTEGER;
    let (first, first_rest) = difference(x - turns * HALF_PI[0], turns * HALF_PI[1]);
    let (second, second_rest) = difference(first, turns * HALF_PI[2]);
    let rest = (first_rest + second_rest) - turns * HALF_PI[3];
    let r = second + rest;
    let tail = (second - r) + rest;
    let (sin, cos) = (sin_near_zero(r, tail), cos_near_zero(r, tail));
    let sin = if x == 0.0 { x } else { sin };
    let quarter = rounded.to_bits();
    let is_swapped = quarter & 1 == 1;
    let (sin, cos) = (if is_swapped { cos } else { sin }, if is_swapped { sin } else { cos });
    (signed(sin, quarter), signed(cos, quarter.wrapping_add(1)))
}

/// The value, negative in the third and the fourth quarter of a turn.
#[inline(always)]
fn signed(value: f64, quarter: u64) -> f64 {
    f64::from_bits(value.to_bits() ^ ((quarter & 2) << 62))
}

/// sin (x + tail) for |x| ≤ π/4.
#[inline(always)]
fn sin_near_zero(x: f64, tail: f64) -> f64 {
    let square = x * x;
    let cube = square * x;
    let [first, higher @ ..] = SIN;
    x - ((square * (0.5 * tail - cube * polynomial(&higher, square)) - tail) - cube * first)
}

/// cos (x + tail) for |x| ≤ π/4.
#[inline(always)]
fn cos_near_zero(x: f64, tail: f64) -> f64 {
    let square = x * x;
    let half_square = 0.5 * square;
    let near = 1.0 - half_square;
    near + (((1.0 - near) - half_square) + (square * (square * polynomial(&COS, square)) - x * tail))
}

/// sin x, by the `libm` of the Rust project beyond [`WITHIN`].
#[inline(always)]
pub fn sin(x: f64) -> f64 {
    if is_rare(x) { libm::sin(x) } else { sin_cos_within(x).0 }
}

/// cos x, by the `libm` of the Rust project beyond [`WITHIN`].
#[inline(always)]
pub fn cos(x: f64) -> f64 {
    if is_rare(x) { libm::cos(x) } else { sin_cos_within(x).1 }
}

/// Whether an angle is beyond [`WITHIN`].
#[inline(always)]
fn is_rare(x: f64) -> bool {
    x.abs() > WITHIN
}
