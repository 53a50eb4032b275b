//! The inks of plots, each with its twin on dark paper.
//!
//! A plot is drawn in the light ink. No two inks share a light colour, so a page can replace each by
//! its twin through an attribute selector: `[stroke="#0072B2"] { stroke: #5CB3EE }`.

use plotters::style::{Color, RGBColor, ShapeStyle};

/// A colour on white paper and its twin on dark paper.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ink {
    pub(crate) light: RGBColor,
    pub(crate) dark: RGBColor,
}

impl Ink {
    /// A line of this width in tenths of a pixel.
    pub(crate) fn stroke(self, width: u32) -> ShapeStyle {
        self.light.stroke_width(width)
    }
}

const fn ink(light: u32, dark: u32) -> Ink {
    Ink { light: colour(light), dark: colour(dark) }
}

const fn colour(rgb: u32) -> RGBColor {
    let [_, red, green, blue] = rgb.to_be_bytes();
    RGBColor(red, green, blue)
}

/// The paper itself.
pub(crate) const PAPER: Ink = ink(0xFFFFFF, 0x15181C);
/// Titles and names.
pub(crate) const INK: Ink = ink(0x1A1D21, 0xE4E6E8);
/// Axes and their figures.
pub(crate) const FAINT: Ink = ink(0x5A6068, 0xA3A9B1);
/// Lines of whole decades.
pub(crate) const GRID: Ink = ink(0xE3E5E8, 0x2B3036);
/// The curves of a fleet.
pub(crate) const FLEET: Ink = ink(0xB4B9C0, 0x565D66);
/// Series that are told apart: dark variants of the Okabe–Ito palette, which the colour-blind can read.
pub(crate) const SERIES: [Ink; crate::view::MOST_TOLD_APART] = [
    ink(0x0072B2, 0x5CB3EE),
    ink(0xC44E00, 0xFF9652),
    ink(0x00795A, 0x3CCBA0),
    ink(0xA8326E, 0xF08ABF),
    ink(0x3A2A8C, 0xA9A0FF),
    ink(0x8A6A00, 0xE3C04A),
    ink(0x30343A, 0xD4D7DB),
    ink(0x4F7F92, 0x9CC4D4),
];

/// Every ink, the paper first.
pub(crate) fn all() -> impl Iterator<Item = Ink> {
    [PAPER, INK, FAINT, GRID, FLEET].into_iter().chain(SERIES)
}

/// The colour as plotters writes it: `#0072B2`.
pub(crate) fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast ratio of WCAG 2.1.
    fn contrast(a: RGBColor, b: RGBColor) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(RGBColor(red, green, blue): RGBColor) -> f64 {
        let linear = |channel: u8| match f64::from(channel) / 255.0 {
            dark if dark <= 0.03928 => dark / 12.92,
            light => ((light + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    #[test]
    fn text_is_readable_on_both_papers() {
        for ink in [INK, FAINT] {
            assert!(contrast(ink.light, PAPER.light) >= 4.5 && contrast(ink.dark, PAPER.dark) >= 4.5, "{ink:?}");
        }
    }

    #[test]
    fn curves_stand_out_from_both_papers() {
        for ink in SERIES {
            assert!(contrast(ink.light, PAPER.light) >= 4.0 && contrast(ink.dark, PAPER.dark) >= 4.0, "{ink:?}");
        }
    }

    #[test]
    fn no_two_inks_share_a_light_colour() {
        let colours: Vec<String> = all().map(|ink| hex(ink.light)).collect();
        for (place, colour) in colours.iter().enumerate() {
            assert!(!colours[..place].contains(colour), "{colour}");
        }
    }
}
