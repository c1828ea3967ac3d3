//! Many marks of one kind in one path, in whole units and relative steps: a tick costs seven bytes.

use crate::escape::Html;

/// A path under construction.
#[derive(Default)]
pub(crate) struct Path {
    data: String,
    x: i64,
    y: i64,
}

impl Path {
    /// Goes to a place without drawing.
    fn jump(&mut self, x: i64, y: i64) {
        let (dx, dy) = (x - self.x, y - self.y);
        self.data.push('m');
        self.data.push_str(&dx.to_string());
        // A minus sign separates by itself.
        if dy >= 0 {
            self.data.push(' ');
        }
        self.data.push_str(&dy.to_string());
        (self.x, self.y) = (x, y);
    }

    /// A vertical stroke downwards.
    pub(crate) fn tick(&mut self, x: i64, y: i64, height: i64) {
        self.jump(x, y);
        self.data.push_str(&format!("v{height}"));
        self.y += height;
    }

    /// A horizontal stroke to the right.
    pub(crate) fn dash(&mut self, x: i64, y: i64, length: i64) {
        self.jump(x, y);
        self.data.push_str(&format!("h{length}"));
        self.x += length;
    }

    /// A line or an outline through points.
    pub(crate) fn polyline(&mut self, points: impl IntoIterator<Item = (f64, f64)>) {
        let mut command = 'M';
        for (x, y) in points {
            self.data.push(command);
            self.data.push_str(&short(x));
            self.data.push(' ');
            self.data.push_str(&short(y));
            command = 'L';
        }
    }

    /// The path's data.
    pub(crate) fn data(&self) -> &str {
        &self.data
    }

    /// Closes an outline.
    pub(crate) fn close(&mut self) {
        self.data.push('z');
    }

    /// The path with strokes of a width.
    pub(crate) fn draw_broad(&self, html: &mut Html, class: &'static str, width: i64) {
        if !self.data.is_empty() {
            html.raw("<path class=\"").raw(class);
            html.raw("\" stroke-width=\"").number(width);
            html.raw("\" d=\"").text(&self.data).raw("\"/>");
        }
    }

    pub(crate) fn draw(&self, html: &mut Html, class: &'static str) {
        if !self.data.is_empty() {
            html.raw("<path class=\"").raw(class).raw("\" d=\"");
            html.text(&self.data).raw("\"/>");
        }
    }
}

fn short(value: f64) -> String {
    let mut html = Html::new();
    html.coordinate(value);
    html.into_string()
}
