//! Shared devices and addresses as a graph: every device or address with the members that it is the tellingest of around it,
//! lines to the others.

use touchstone_detect::case::{Hub, Network};
use touchstone_detect::findings::RingMember;

use crate::escape::Html;
use crate::words;

use super::path::Path;
use super::{Picture, label};

const WIDTH: f64 = 900.0;
/// Room between dots on a circle, and below a cluster for its label.
const DOT: f64 = 12.0;
const LABEL: f64 = 16.0;
const LABEL_WIDTH: f64 = 82.0;
const GAP: f64 = 8.0;
/// Common devices and addresses that are drawn; they say nothing, and a few show that.
const COMMON_MAX: usize = 20;

/// The picture, and what it leaves out.
pub(crate) struct Graph {
    pub(crate) picture: Html,
    pub(crate) notes: Vec<String>,
}

/// Draws at most `nodes` nodes.
pub(crate) fn network(id: String, n: &Network, members: &[RingMember], nodes: usize) -> Graph {
    // Hubs come tellingest first: the first that holds an account is its centre.
    let mut around: Vec<Vec<usize>> = vec![Vec::new(); n.hubs.len()];
    let mut home: Vec<Option<usize>> = vec![None; n.accounts.len()];
    for (account, hub) in &n.edges {
        let (a, h) = (*account as usize, *hub as usize);
        if let (Some(at), Some(dots)) = (home.get_mut(a), around.get_mut(h))
            && at.is_none()
        {
            *at = Some(h);
            dots.push(a);
        }
    }
    let mut drawn = 0;
    let mut used = 0;
    let mut common = 0;
    for (dots, hub) in around.iter().zip(&n.hubs) {
        common += usize::from(hub.is_common);
        if used + dots.len() + 1 > nodes || common > COMMON_MAX {
            break;
        }
        used += dots.len() + 1;
        drawn += 1;
    }
    let places = pack(&around[..drawn]);
    let height = places.iter().map(|p| p.y + p.radius + LABEL).fold(40.0, f64::max) + GAP;
    let dot = |a: usize| -> Option<(f64, f64)> {
        let hub = home[a].filter(|h| *h < drawn)?;
        let i = around[hub].iter().position(|x| *x == a)?;
        let angle = i as f64 / around[hub].len() as f64 * std::f64::consts::TAU - std::f64::consts::FRAC_PI_2;
        let p = &places[hub];
        Some((p.x + p.radius * angle.cos(), p.y + p.radius * angle.sin()))
    };
    let mut body = Html::new();
    let (mut spokes, mut across, mut common) = (Path::default(), Path::default(), Path::default());
    for (account, hub) in &n.edges {
        let (a, h) = (*account as usize, *hub as usize);
        let (Some(from), Some(to)) = (n.accounts.get(a).and_then(|_| dot(a)), places.get(h)) else { continue };
        let path = match (n.hubs[h].is_common, home[a] == Some(h)) {
            (true, _) => &mut common,
            (false, true) => &mut spokes,
            (false, false) => &mut across,
        };
        path.polyline([from, (to.x, to.y)]);
    }
    common.draw(&mut body, "edge-common");
    across.draw(&mut body, "edge-across");
    spokes.draw(&mut body, "edge");
    draw_members(&mut body, n, members, &dot);
    for (hub, place) in n.hubs.iter().zip(&places) {
        draw_hub(&mut body, hub, place);
    }
    let left_out = n.left_out + (n.hubs.len() - drawn) as u64;
    let picture = Picture {
        id,
        class: "wide",
        width: WIDTH,
        height,
        title: words::network_title(n),
        desc: words::network_desc(n),
        body,
    };
    let mut notes = vec![words::network_title(n)];
    if left_out > 0 {
        notes.push(words::network_cut(left_out));
    }
    Graph { picture: picture.into_html(), notes }
}

fn draw_members(body: &mut Html, n: &Network, members: &[RingMember], dot: &dyn Fn(usize) -> Option<(f64, f64)>) {
    for (a, member) in n.accounts.iter().enumerate() {
        let (Some((x, y)), Some(member)) = (dot(a), members.get(*member as usize)) else { continue };
        body.raw("<circle class=\"");
        body.raw(if member.verdict == touchstone_detect::findings::Verdict::Inauthentic {
            "fake"
        } else {
            "dot-quiet"
        });
        body.raw("\" cx=\"").coordinate(x).raw("\" cy=\"").coordinate(y).raw("\" r=\"4\"/>");
    }
}

fn draw_hub(body: &mut Html, hub: &Hub, p: &Place) {
    body.raw(if hub.is_common { "<path class=\"hub-common\" d=\"" } else { "<path class=\"hub\" d=\"" });
    let mut shape = Path::default();
    let s = 6.0;
    if hub.is_device {
        shape.polyline([(p.x - s, p.y - s), (p.x + s, p.y - s), (p.x + s, p.y + s), (p.x - s, p.y + s)]);
    } else {
        shape.polyline([(p.x, p.y - s - 2.0), (p.x + s + 2.0, p.y), (p.x, p.y + s + 2.0), (p.x - s - 2.0, p.y)]);
    }
    shape.close();
    body.text(shape.data()).raw("\"/>");
    label(body, "tm", p.x, p.y + p.radius.max(8.0) + LABEL, &words::hub_label(hub));
}

struct Place {
    x: f64,
    y: f64,
    radius: f64,
}

/// Clusters on shelves, in order.
fn pack(around: &[Vec<usize>]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::with_capacity(around.len());
    let (mut x, mut top, mut tallest) = (0.0, GAP, 0.0);
    for dots in around {
        let radius = match dots.len() {
            0 => 0.0,
            n => (n as f64 * DOT / std::f64::consts::TAU).max(22.0),
        };
        let (width, height) = ((2.0 * radius + DOT).max(LABEL_WIDTH), 2.0 * radius.max(8.0) + LABEL + 2.0 * GAP);
        if x > 0.0 && x + width > WIDTH {
            (x, top, tallest) = (0.0, top + tallest, 0.0);
        }
        places.push(Place { x: x + width / 2.0, y: top + radius.max(8.0), radius });
        x += width + GAP;
        tallest = f64::max(tallest, height);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_keep_apart_and_inside() {
        let around: Vec<Vec<usize>> = (0..40).map(|i| (0..i * 3 % 50).collect()).collect();
        let places = pack(&around);
        for (i, a) in places.iter().enumerate() {
            assert!(a.x - a.radius >= 0.0 && a.x + a.radius <= WIDTH, "{i}");
            for b in &places[..i] {
                let apart = ((a.x - b.x).powi(2) + (a.y - b.y).powi(2)).sqrt();
                assert!(apart >= a.radius + b.radius, "{i}");
            }
        }
    }
}
