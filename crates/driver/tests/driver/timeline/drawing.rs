//! `docs/flow.svg`: runs as drawings, time from above to below.

use std::fmt::Write;
use std::time::Duration;

use super::{Moment, What, time};

const WIDTH: u32 = 480;

/// Where things stand in a panel.
const TIMES: u32 = 62;
const HOST: u32 = 92;
const QUEUE: u32 = 372;
const MODULE: u32 = 400;
const MIDDLE: u32 = (HOST + QUEUE) / 2;
const TOP: u32 = 84;

const STYLE: &str = "\
.ground { fill: #ffffff } text { fill: #24292f; font: 12px system-ui, sans-serif }
.title { font-size: 14px; font-weight: 600 } .small { font-size: 11px } .code { font-family: ui-monospace, monospace }
.life { stroke: #d0d7de } line { stroke-width: 1.5 } .waits { stroke-dasharray: 3 3 } .wrong { fill: #cf222e }
line.first { stroke: #0969da } line.second { stroke: #bc4c00 } line.third { stroke: #1a7f37 } line.urc { stroke: #6e7781 }
.first { fill: #0969da } .second { fill: #bc4c00 } .third { fill: #1a7f37 } .urc { fill: #6e7781 }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117 } text { fill: #e6edf3 } .life { stroke: #30363d } .wrong { fill: #ff7b72 }
line.first { stroke: #58a6ff } line.second { stroke: #f0883e } line.third { stroke: #56d364 } line.urc { stroke: #8b949e }
.first { fill: #58a6ff } .second { fill: #f0883e } .third { fill: #56d364 } .urc { fill: #8b949e }
}
";

const LEGEND: [&str; 3] = [
    "A bar at the host: it waits. A bar at the module: it carries out.",
    "A dashed line: the command waits until the one before has ended.",
    "A colour: a command and its own answer.",
];

/// Two hosts; whether they are hasty.
pub(super) fn of(panels: [(&str, &[Moment], bool); 2]) -> String {
    let panels = panels.map(|(title, moments, is_hasty)| panel(title, moments, is_hasty));
    let height = panels.iter().map(|(_, height)| *height).max().unwrap_or(0);
    let width = 2 * WIDTH;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"What a host and a module say to each other while the host's 30 seconds run out\">\n\
         <style>\n{STYLE}</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n"
    );
    for (index, (panel, panel_height)) in panels.iter().enumerate() {
        let x = index as u32 * WIDTH;
        let _ = writeln!(svg, "<g transform=\"translate({x} 0)\">");
        for (x, who) in [(HOST, "host"), (MODULE, "module")] {
            let _ = writeln!(
                svg,
                "<text x=\"{x}\" y=\"58\" text-anchor=\"middle\">{who}</text>\
                 <line class=\"life\" x1=\"{x}\" x2=\"{x}\" y1=\"66\" y2=\"{}\"/>",
                panel_height - 12
            );
        }
        svg += panel;
        if *panel_height < height {
            for (line, text) in (0..).zip(LEGEND) {
                label(
                    &mut svg,
                    (20, panel_height + 30 + 18 * line),
                    "start",
                    "",
                    text,
                );
            }
        }
        svg += "</g>\n";
    }
    svg + "</svg>\n"
}

/// A panel, and how high it is.
fn panel(title: &str, moments: &[Moment], is_hasty: bool) -> (String, u32) {
    let mut svg = format!("<text class=\"title\" x=\"20\" y=\"24\">{title}</text>\n");
    let mut y = TOP;
    let mut before = Duration::ZERO;
    // When it was said or begun, and what.
    let mut queued: Vec<u32> = Vec::new();
    let mut running: Option<(u32, &str)> = None;
    let mut awaits: Option<(u32, &str)> = None;
    let mut told = None;
    for moment in moments {
        // Long waits are long, and short ones can be read.
        let gap = (moment.at - before).as_secs() as u32;
        y += (4 * gap).min(110);
        before = moment.at;
        let at = time(moment.at);
        if told.replace(at.clone()) != Some(at.clone()) {
            label(&mut svg, (TIMES, y + 4), "end", "small", &at);
        }
        match &moment.what {
            What::Says { command, busy_with } => {
                let class = class_of(command);
                let end = match busy_with {
                    Some(_) => QUEUE,
                    None => MODULE,
                };
                arrow(&mut svg, class, (HOST, end), y);
                label(
                    &mut svg,
                    (MIDDLE, y - 5),
                    "middle",
                    &format!("code {class}"),
                    &short(command),
                );
                match busy_with {
                    Some(_) => queued.push(y),
                    None => running = Some((y, class)),
                }
                awaits = Some((y, class));
            }
            What::Takes { command, .. } => {
                let class = class_of(command);
                let from = queued.remove(0);
                let _ = writeln!(
                    svg,
                    "<line class=\"{class} waits\" x1=\"{QUEUE}\" x2=\"{QUEUE}\" y1=\"{from}\" y2=\"{y}\"/>"
                );
                arrow(&mut svg, class, (QUEUE, MODULE), y);
                running = Some((y, class));
            }
            What::Answers { text, to, awaited } => {
                let class = to.as_deref().map_or("urc", class_of);
                if to.is_some() {
                    bar(&mut svg, MODULE, running.take(), y);
                }
                if to.is_some() && (is_hasty || to == awaited) {
                    bar(&mut svg, HOST, awaits.take(), y);
                }
                arrow(&mut svg, class, (MODULE, HOST), y);
                label(
                    &mut svg,
                    (MIDDLE, y - 5),
                    "middle",
                    &format!("code {class}"),
                    &short(text),
                );
                if let (Some(to), Some(awaited)) = (to, awaited)
                    && to != awaited
                {
                    y += 15;
                    let words = format!("answers {}, not {}", name(to), name(awaited));
                    label(&mut svg, (MIDDLE, y), "middle", "small wrong", &words);
                }
            }
            What::GivesUp(after) => {
                bar(&mut svg, HOST, awaits.take(), y);
                let words = format!("gives up after {} s", after.as_secs());
                label(&mut svg, (HOST + 12, y + 4), "start", "small", &words);
            }
        }
        y += 28;
    }
    (svg, y)
}

/// Something that went on from there to here.
fn bar(svg: &mut String, x: u32, since: Option<(u32, &str)>, to: u32) {
    if let Some((from, class)) = since {
        let (x, height) = (x - 4, to - from);
        let _ = writeln!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{from}\" width=\"8\" height=\"{height}\"/>"
        );
    }
}

fn arrow(svg: &mut String, class: &str, (from, to): (u32, u32), y: u32) {
    let back = match from < to {
        true => to - 7,
        false => to + 7,
    };
    let _ = writeln!(
        svg,
        "<line class=\"{class}\" x1=\"{from}\" x2=\"{back}\" y1=\"{y}\" y2=\"{y}\"/>\
         <path class=\"{class}\" d=\"M{to} {y}L{back} {} {back} {}Z\"/>",
        y - 4,
        y + 4
    );
}

fn label(svg: &mut String, (x, y): (u32, u32), anchor: &str, class: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"
    );
}

/// Attach, its undo, and all others.
fn class_of(command: &str) -> &'static str {
    match command {
        "AT+CGATT=1" => "first",
        "AT+CGATT=0" => "second",
        _ => "third",
    }
}

/// Long arguments are left out.
fn short(text: &str) -> String {
    match text.split_once('=') {
        Some((command, arguments)) if arguments.contains('"') => format!("{command}=…"),
        _ => text.into(),
    }
}

/// Without its arguments where they are many.
fn name(command: &str) -> &str {
    let command = command.trim_start_matches("AT");
    match command.split_once('=') {
        Some((name, arguments)) if arguments.len() > 1 => name,
        _ => command,
    }
}
