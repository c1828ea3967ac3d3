//! Pictures as SVG, drawn here. Each states its finding in words: no picture without a title and
//! a description.

pub(crate) mod bars;
pub(crate) mod books;
pub(crate) mod counts;
pub(crate) mod heatmap;
pub(crate) mod histogram;
pub(crate) mod moment;
pub(crate) mod network;
mod path;
pub(crate) mod raster;
pub(crate) mod rates;
mod scale;
pub(crate) mod series;
pub(crate) mod shares;
pub(crate) mod square;
pub(crate) mod strip;
pub(crate) mod timeline;
pub(crate) mod waterfall;

use touchstone_detect::findings::RingMember;

use crate::escape::{Html, shorten};

/// A picture with its text alternative. The hatch of discounted areas is defined once a page.
pub(crate) struct Picture {
    /// Unique on the page.
    pub(crate) id: String,
    /// Class of the svg element.
    pub(crate) class: &'static str,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// The finding, in one line.
    pub(crate) title: String,
    /// What else the picture shows.
    pub(crate) desc: String,
    pub(crate) body: Html,
}

impl Picture {
    /// The svg element.
    pub(crate) fn into_html(self) -> Html {
        let mut html = Html::new();
        html.raw("<svg class=\"").raw(self.class);
        html.raw("\" width=\"").coordinate(self.width);
        html.raw("\" viewBox=\"0 0 ").coordinate(self.width);
        html.raw(" ").coordinate(self.height);
        if self.class == "share" {
            // A mere bar may be stretched to the width of the page.
            html.raw("\" preserveAspectRatio=\"none");
        }
        html.raw("\" role=\"img\" aria-labelledby=\"");
        html.text(&self.id).raw("-t ").text(&self.id).raw("-d\">");
        html.raw("<title id=\"").text(&self.id).raw("-t\">");
        html.text(&self.title).raw("</title>");
        html.raw("<desc id=\"").text(&self.id).raw("-d\">");
        html.text(&self.desc).raw("</desc>");
        html.append(&self.body).raw("</svg>\n");
        html
    }
}

/// Characters of a name beside a row.
const NAME_CHARS: usize = 24;

/// Room for the names of members beside their rows, no wider than the longest asks for.
fn name_room<'a>(members: impl IntoIterator<Item = &'a RingMember>) -> i64 {
    let longest = members.into_iter().map(|m| shorten(&m.account, NAME_CHARS).chars().count()).max().unwrap_or(0);
    (longest as i64 * 13 / 2 + 16).clamp(56, 176)
}

/// A label at a place; `class` sets size, anchor and colour.
pub(crate) fn label(html: &mut Html, class: &'static str, x: f64, y: f64, text: &str) {
    html.raw("<text class=\"").raw(class);
    html.raw("\" x=\"").coordinate(x);
    html.raw("\" y=\"").coordinate(y);
    html.raw("\">").text(text).raw("</text>");
}

/// A rectangle; nothing if it is empty.
pub(crate) fn rect(html: &mut Html, class: &'static str, x: f64, y: f64, w: f64, h: f64) {
    if w <= 0.0 || h <= 0.0 {
        return;
    }
    html.raw("<rect class=\"").raw(class);
    html.raw("\" x=\"").coordinate(x);
    html.raw("\" y=\"").coordinate(y);
    html.raw("\" width=\"").coordinate(w);
    html.raw("\" height=\"").coordinate(h).raw("\"/>");
}
