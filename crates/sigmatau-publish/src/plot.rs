//! A chart as SVG, drawn by plotters.
//!
//! Plotters draws in whole units, so the canvas counts in tenths of a pixel. Colours serve as keys: the
//! stylesheet of the page replaces each ink by its twin on dark paper, see [`ink`].

mod frame;
pub(crate) mod graph;
pub(crate) mod ink;
mod marker;
mod span;

use crate::view::{Axis, Chart, Curve};
use crate::{Language, PublishError};
use frame::{Frame, spread};
use ink::{FAINT, FLEET, GRID, INK, Ink, SERIES};
use marker::draw_marker;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use span::Span;
use unicode_width::UnicodeWidthChar;

/// The width of the canvas, in tenths of a pixel.
pub(crate) const WIDTH: u32 = 6400;
/// The height of the canvas, in tenths of a pixel.
pub(crate) const HEIGHT: u32 = 4000;

/// The size of letters.
const LETTER: i32 = 138;
/// The least distance between the names at the right.
const LINE: i32 = 180;
/// The most points of a curve that are marked.
const MOST_MARKED: usize = 48;
/// The most columns of letters that a name at the right may take.
const MOST_LETTERS: usize = 20;

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// The elements of the plot, without the enclosing `svg` element; nothing where no point of the chart
/// can be drawn.
pub(crate) fn elements(chart: &Chart, language: Language) -> Result<Option<String>, PublishError> {
    let Some(frame) = Frame::around(chart, names_width(chart)) else { return Ok(None) };
    let mut svg = String::new();
    let canvas = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
    draw(&canvas, &frame, chart, language)
        .and_then(|()| canvas.present())
        .map_err(|error| PublishError::Plot { subject: chart.subject.clone(), reason: error.to_string() })?;
    drop(canvas);
    Ok(Some(inside(&svg).to_owned()))
}

/// What stands between the opening and the closing tag of the outermost element.
fn inside(svg: &str) -> &str {
    let (_, behind) = svg.split_once('>').expect("plotters opens an element");
    let (elements, _) = behind.rsplit_once("</").expect("plotters closes it");
    elements.trim()
}

fn draw<'a>(canvas: &Canvas<'a>, frame: &Frame, chart: &Chart, language: Language) -> Drawn<'a> {
    draw_axes(canvas, frame)?;
    draw_titles(canvas, frame, chart, language)?;
    let told_apart = chart.told_apart();
    if chart.is_fleet() {
        for curve in &chart.curves {
            draw_line(canvas, frame, chart, curve, FLEET.stroke(7))?;
        }
    }
    for (place, curve) in told_apart.iter().enumerate() {
        draw_whiskers(canvas, frame, chart, curve, SERIES[place])?;
        draw_line(canvas, frame, chart, curve, SERIES[place].stroke(16))?;
        draw_markers(canvas, frame, chart, curve, place)?;
    }
    draw_names(canvas, frame, chart)
}

fn draw_axes<'a>(canvas: &Canvas<'a>, frame: &Frame) -> Drawn<'a> {
    for (x, figure) in frame.x.figures().into_iter().map(|(x, figure)| (frame.across(x), figure)) {
        canvas.draw(&PathElement::new(vec![(x, frame.top), (x, frame.bottom)], GRID.stroke(8)))?;
        draw_text(canvas, &figure, (x, frame.bottom + 90), FAINT, (HPos::Center, VPos::Top))?;
    }
    for (number, figure) in frame.y.figures() {
        let (y, ink) = (frame.upwards(number), if number == 0.0 { FAINT } else { GRID });
        canvas.draw(&PathElement::new(vec![(frame.left, y), (frame.right, y)], ink.stroke(8)))?;
        draw_text(canvas, &figure, (frame.left - 90, y), FAINT, (HPos::Right, VPos::Center))?;
    }
    for x in frame.x.marks().into_iter().map(|x| frame.across(x)) {
        canvas.draw(&PathElement::new(vec![(x, frame.bottom), (x, frame.bottom - 40)], FAINT.stroke(6)))?;
    }
    for y in frame.y.marks().into_iter().map(|y| frame.upwards(y)) {
        canvas.draw(&PathElement::new(vec![(frame.left, y), (frame.left + 40, y)], FAINT.stroke(6)))?;
    }
    let corner = vec![(frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)];
    canvas.draw(&PathElement::new(corner, FAINT.stroke(10)))
}

fn draw_titles<'a>(canvas: &Canvas<'a>, frame: &Frame, chart: &Chart, language: Language) -> Drawn<'a> {
    let title = |axis: Axis, span: Span| {
        let unit = Some(axis.unit).filter(|unit| *unit != "1").map(str::to_owned);
        let measure: Vec<String> = span.factor().into_iter().chain(unit).collect();
        let name = language.name(axis.column);
        if measure.is_empty() { name.to_owned() } else { format!("{name} / {}", measure.join(" ")) }
    };
    let middle = (frame.left + frame.right) / 2;
    let below = (middle, frame.bottom + 310);
    draw_text(canvas, &title(chart.abscissa, frame.x), below, INK, (HPos::Center, VPos::Top))?;
    let above = (frame.left - 90, frame.top - 130);
    draw_text(canvas, &title(chart.ordinate, frame.y), above, INK, (HPos::Left, VPos::Bottom))
}

fn draw_text<'a>(canvas: &Canvas<'a>, words: &str, at: (i32, i32), ink: Ink, anchor: (HPos, VPos)) -> Drawn<'a> {
    // Plotters divides the size by this factor when it writes SVG.
    let size = f64::from(LETTER) * 1.24;
    let style = TextStyle::from(("sans-serif", size).into_font()).color(&ink.light).pos(Pos::new(anchor.0, anchor.1));
    canvas.draw(&Text::new(words, at, style))
}

/// Draws the curve; where a point is missing the line is broken.
fn draw_line<'a>(canvas: &Canvas<'a>, frame: &Frame, chart: &Chart, curve: &Curve, stroke: ShapeStyle) -> Drawn<'a> {
    for run in curve.points.split(|point| !chart.holds(point)).filter(|run| run.len() > 1) {
        let path: Vec<(i32, i32)> = run.iter().map(|point| frame.place(point)).collect();
        canvas.draw(&PathElement::new(path, stroke))?;
    }
    Ok(())
}

fn draw_whiskers<'a>(canvas: &Canvas<'a>, frame: &Frame, chart: &Chart, curve: &Curve, ink: Ink) -> Drawn<'a> {
    for point in chart.drawable(curve) {
        let (x, y) = frame.place(point);
        for end in chart.interval_ends(point).map(|end| frame.upwards(end)) {
            let caps = [vec![(x, y), (x, end)], vec![(x - 24, end), (x + 24, end)]];
            caps.into_iter().try_for_each(|path| canvas.draw(&PathElement::new(path, ink.stroke(8))))?;
        }
    }
    Ok(())
}

/// Marks the points; of a curve with many, which would cover one another, some.
fn draw_markers<'a>(canvas: &Canvas<'a>, frame: &Frame, chart: &Chart, curve: &Curve, place: usize) -> Drawn<'a> {
    let every = curve.points.len().div_ceil(MOST_MARKED).max(1);
    let marked = chart.drawable(curve).step_by(every);
    marked.map(|point| frame.place(point)).try_for_each(|at| draw_marker(canvas, at, place))
}

/// Draws the names at the right, each as near as possible to the end of its curve.
fn draw_names<'a>(canvas: &Canvas<'a>, frame: &Frame, chart: &Chart) -> Drawn<'a> {
    let curves = chart.told_apart();
    let last = |curve: &Curve| chart.drawable(curve).next_back().map(|point| frame.place(point).1);
    let ends: Vec<i32> = curves.iter().map(|curve| last(curve).unwrap_or(frame.bottom)).collect();
    let heights = spread(&ends, LINE, frame.top..frame.bottom);
    for (place, (curve, y)) in curves.iter().zip(heights).enumerate() {
        let x = frame.right + 170;
        draw_marker(canvas, (x, y), place)?;
        draw_text(canvas, &shortened(&curve.name), (x + 110, y), INK, (HPos::Left, VPos::Center))?;
    }
    Ok(())
}

/// The room that the names at the right need.
fn names_width(chart: &Chart) -> i32 {
    let letters = chart.told_apart().iter().map(|curve| columns(&shortened(&curve.name))).max().unwrap_or(0);
    340 + letters as i32 * LETTER * 6 / 10
}

fn columns(name: &str) -> usize {
    name.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The name, with `…` in the middle where it is too long: both ends tell names apart.
fn shortened(name: &str) -> String {
    if columns(name) <= MOST_LETTERS {
        return name.to_owned();
    }
    let half = MOST_LETTERS / 2 - 1;
    let letters: Vec<char> = name.chars().collect();
    let within = |letters: &mut dyn Iterator<Item = &char>| {
        let mut left = half;
        let fits = |c: &&char| left.checked_sub(c.width().unwrap_or(0)).inspect(|rest| left = *rest).is_some();
        letters.take_while(fits).copied().collect::<Vec<char>>()
    };
    let (head, tail) = (within(&mut letters.iter()), within(&mut letters.iter().rev()));
    head.into_iter().chain(['…']).chain(tail.into_iter().rev()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(shortened("maser-1"), "maser-1");
        assert_eq!(shortened("laboratory-clock-ensemble-17"), "laborator…semble-17");
        assert_eq!(shortened("国家授时中心氢原子钟第一号"), "国家授时…钟第一号");
    }

    #[test]
    fn elements_are_what_the_svg_encloses() {
        assert_eq!(inside("<svg width=\"1\">\n<line/>\n</svg>\n"), "<line/>");
    }
}
