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

    /// A closed square.
    pub(crate) fn square(&mut self, x: i64, y: i64, side: i64) {
        self.jump(x, y);
        // After z the pen is back at the corner.
        self.data.push_str(&format!("h{side}v{side}h-{side}z"));
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

    /// Closes an outline.
    pub(crate) fn close(&mut self) {
        self.data.push('z');
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
