//! The markers that tell series apart without colour: four shapes, filled and hollow.

use super::ink::{PAPER, SERIES};
use super::{Canvas, Drawn};
use plotters::prelude::*;

/// Draws the marker of the series at this place in the legend.
pub(super) fn draw_marker<'a>(canvas: &Canvas<'a>, at: (i32, i32), place: usize) -> Drawn<'a> {
    let colour = SERIES[place].light;
    let hollow = place >= 4;
    let fill = if hollow { PAPER.light } else { colour }.filled();
    let Some(outline) = outline(place % 4) else {
        canvas.draw(&Circle::new(at, 38, fill))?;
        return if hollow { canvas.draw(&Circle::new(at, 38, colour.stroke_width(14))) } else { Ok(()) };
    };
    let corners: Vec<(i32, i32)> = outline.iter().map(|(x, y)| (at.0 + x, at.1 + y)).collect();
    let closed: Vec<(i32, i32)> = corners.iter().chain(corners.first()).copied().collect();
    canvas.draw(&Polygon::new(corners, fill))?;
    if hollow { canvas.draw(&PathElement::new(closed, colour.stroke_width(14))) } else { Ok(()) }
}

/// The corners of a square, a triangle or a diamond around the origin; nothing for the circle.
fn outline(shape: usize) -> Option<&'static [(i32, i32)]> {
    match shape {
        0 => None,
        1 => Some(&[(-35, -35), (35, -35), (35, 35), (-35, 35)]),
        2 => Some(&[(0, -46), (44, 32), (-44, 32)]),
        _ => Some(&[(0, -50), (44, 0), (0, 50), (-44, 0)]),
    }
}
