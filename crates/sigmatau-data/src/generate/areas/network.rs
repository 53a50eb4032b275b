//! The cables of an area: feeders that leave the transformer, and the service cables of the customers.

use sigmatau_spectrum::Gaussian;
use sigmatau_spectrum::fft::Complex64;

/// Customers of one feeder.
const FEEDER: usize = 25;

/// A radial network of four wires. Node 0 is where the master meter stands; every node comes behind its parent.
pub(super) struct Network {
    pub(super) nodes: Vec<Node>,
    pub(super) customers: Vec<Service>,
}

/// A node and the cable that leads to it; each of its four wires has the impedance in Ω.
pub(super) struct Node {
    pub(super) parent: usize,
    pub(super) wire: Complex64,
}

/// How a customer is connected.
pub(super) struct Service {
    pub(super) node: usize,
    /// The phase 0, 1 or 2; nothing for all three.
    pub(super) phase: Option<usize>,
    /// The impedance of one wire of the service cable in Ω.
    pub(super) wire: Complex64,
}

impl Network {
    /// Feeders along a street, with customers hung on at random. `cable` scales every impedance.
    pub(super) fn draw(customers: usize, cable: f64, draws: &mut Gaussian) -> Self {
        let mut nodes = vec![Node { parent: 0, wire: Complex64::new(0.0, 0.0) }];
        let mut feeders = Vec::new();
        for _ in 0..customers.div_ceil(FEEDER) {
            let first = nodes.len();
            let per_metre = cable * (0.00025 + 0.00025 * draws.uniform());
            for along in 0..4 + (5.0 * draws.uniform()) as usize {
                let wire = Complex64::new(per_metre, 0.3 * per_metre) * (20.0 + 30.0 * draws.uniform());
                nodes.push(Node { parent: if along == 0 { 0 } else { nodes.len() - 1 }, wire });
            }
            feeders.push(first..nodes.len());
        }
        let service = |customer: usize| {
            let feeder = feeders[customer % feeders.len()].clone();
            let node = feeder.start + (draws.uniform() * feeder.len() as f64) as usize;
            let phase = (draws.uniform() >= 0.1).then(|| (3.0 * draws.uniform()) as usize);
            let resistance = cable * 0.0012 * (8.0 + 25.0 * draws.uniform());
            Service { node, phase, wire: Complex64::new(resistance, 0.07 * resistance) }
        };
        let customers = (0..customers).map(service).collect();
        Self { nodes, customers }
    }
}
