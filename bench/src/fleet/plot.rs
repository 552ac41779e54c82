//! Curves over the number of modules, as SVG that reads on light and on dark ground.

mod axis;

use std::fmt::Write as _;

use axis::{Axis, number};

pub(crate) use axis::Scale;

/// Values of one figure: modules, value.
pub(crate) struct Series {
    /// Stands at its last point; empty where there is one alone.
    pub(crate) name: &'static str,
    pub(crate) line: Kind,
    pub(crate) points: Vec<(f64, f64)>,
}

/// How a line looks.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    First,
    Second,
    Third,
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
        }
    }
}

/// One diagram.
pub(crate) struct Panel {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) scale: Scale,
    pub(crate) series: Vec<Series>,
}

const COLUMNS: usize = 2;
const WIDTH: f64 = 450.0;
const HEIGHT: f64 = 260.0;

/// Of the drawing area within its panel.
const LEFT: f64 = 62.0;
const RIGHT: f64 = WIDTH - 92.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = HEIGHT - 46.0;

const STYLE: &str = "\
<style>
.ground { fill: #ffffff } text { fill: #24292f; font: 12px system-ui, sans-serif }
.title { font-size: 14px; font-weight: 600 } .grid { stroke: #d0d7de } .axis { stroke: #6e7781 }
.curve { fill: none; stroke-width: 2 }
.first { stroke: #0969da } .second { stroke: #bc4c00 } .third { stroke: #1a7f37 }
circle.first, text.first { fill: #0969da; stroke: none }
circle.second, text.second { fill: #bc4c00; stroke: none }
circle.third, text.third { fill: #1a7f37; stroke: none }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117 } text { fill: #e6edf3 } .grid { stroke: #30363d } .axis { stroke: #8b949e }
.first { stroke: #58a6ff } .second { stroke: #f0883e } .third { stroke: #56d364 }
circle.first, text.first { fill: #58a6ff } circle.second, text.second { fill: #f0883e }
circle.third, text.third { fill: #56d364 }
}
</style>
";

/// All panels, two in a row.
pub(crate) fn picture(panels: &[Panel]) -> String {
    let width = WIDTH * COLUMNS as f64;
    let height = HEIGHT * panels.len().div_ceil(COLUMNS) as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"Curves over the number of \
         modules in one process\">\n{STYLE}<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n"
    );
    for (number, panel) in panels.iter().enumerate() {
        let x = WIDTH * (number % COLUMNS) as f64;
        let y = HEIGHT * (number / COLUMNS) as f64;
        let _ = writeln!(svg, "<g transform=\"translate({x} {y})\">");
        panel.draw(&mut svg);
        svg += "</g>\n";
    }
    svg + "</svg>\n"
}

impl Panel {
    fn draw(&self, svg: &mut String) {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let x = Axis::of(points().map(|(x, _)| *x), Scale::Modules);
        let y = Axis::of(points().map(|(_, y)| *y), self.scale);
        let (across, up) = (
            |value| LEFT + (RIGHT - LEFT) * x.place(value),
            |value| BOTTOM - (BOTTOM - TOP) * y.place(value),
        );
        let _ = writeln!(
            svg,
            "<text class=\"title\" x=\"{LEFT}\" y=\"20\">{}</text>\n\
             <text x=\"{LEFT}\" y=\"36\">{}</text>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">modules in one process</text>",
            self.title,
            self.unit,
            f64::midpoint(LEFT, RIGHT),
            HEIGHT - 12.0,
        );
        for tick in y.ticks() {
            let at = up(tick);
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                at + 4.0,
                number(tick),
            );
        }
        for tick in x.ticks() {
            let at = across(tick);
            let _ = writeln!(
                svg,
                "<line class=\"axis\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{BOTTOM}\" y2=\"{:.1}\"/>\
                 <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                BOTTOM + 4.0,
                BOTTOM + 17.0,
                number(tick),
            );
        }
        let _ = writeln!(
            svg,
            "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{BOTTOM}\" y2=\"{BOTTOM}\"/>"
        );
        for series in &self.series {
            series.draw(svg, across, up);
        }
        self.names(svg, across, up);
    }

    /// At the ends of the lines, and not over one another.
    fn names(&self, svg: &mut String, across: impl Fn(f64) -> f64, up: impl Fn(f64) -> f64) {
        let mut ends: Vec<_> = self
            .series
            .iter()
            .filter_map(|series| Some((series, *series.points.last()?)))
            .map(|(series, (x, y))| (series, across(x), up(y)))
            .collect();
        ends.sort_by(|a, b| a.2.total_cmp(&b.2));
        let mut lowest = f64::MIN;
        for (series, x, y) in ends {
            let y = y.max(lowest + 14.0);
            lowest = y;
            let _ = writeln!(
                svg,
                "<text class=\"{}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                series.line.class(),
                x + 8.0,
                y + 4.0,
                series.name
            );
        }
    }
}

impl Series {
    fn draw(&self, svg: &mut String, across: impl Fn(f64) -> f64, up: impl Fn(f64) -> f64) {
        let class = self.line.class();
        let places: Vec<(f64, f64)> = self
            .points
            .iter()
            .map(|(x, y)| (across(*x), up(*y)))
            .collect();
        let path: Vec<String> = places
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline class=\"curve {class}\" points=\"{}\"/>",
            path.join(" ")
        );
        for (x, y) in places {
            let _ = writeln!(
                svg,
                "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"
            );
        }
    }
}
