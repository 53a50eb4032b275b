//! Unbalanced power flow by backward and forward sweeps over four wires.
//!
//! Reference: W. H. Kersting, *Distribution System Modeling and Analysis*: ladder iterative technique.

use super::network::{Network, Service};
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::TAU;

/// The voltage from phase to neutral at the transformer, in V.
pub(super) const NOMINAL: f64 = 230.0;
/// Sweeps stop when no voltage moves by more, in V.
const SETTLED: f64 = 1e-7;
const MOST_SWEEPS: usize = 100;

/// Room for the flows of one network.
pub(super) struct Flow<'a> {
    network: &'a Network,
    /// The voltage of the wires of each node: three phases and the neutral.
    voltages: Vec<[Complex64; 4]>,
    /// The current towards each node.
    currents: Vec<[Complex64; 4]>,
    /// The current of each customer, in each phase.
    drawn: Vec<[Complex64; 3]>,
}

/// What flows at one instant.
pub(super) struct State {
    /// Active power that leaves the transformer, in W.
    pub(super) supplied: f64,
    /// Active power that turns to heat in the cables, in W.
    pub(super) lost: f64,
}

impl<'a> Flow<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        let source = source(NOMINAL);
        let (nodes, customers) = (network.nodes.len(), network.customers.len());
        let none = Complex64::new(0.0, 0.0);
        Self {
            network,
            voltages: vec![source; nodes],
            currents: vec![[none; 4]; nodes],
            drawn: vec![[none; 3]; customers],
        }
    }

    /// The flow where each customer draws a complex power in VA and the transformer holds a voltage. Starts from the
    /// voltages of the last call.
    pub(super) fn solve(&mut self, powers: &[Complex64], voltage: f64) -> State {
        self.voltages[0] = source(voltage);
        for _ in 0..MOST_SWEEPS {
            self.sweep_back(powers);
            if self.sweep_forth() < SETTLED {
                break;
            }
        }
        let from = self.currents[0];
        let supplied = (0..4).map(|wire| (self.voltages[0][wire] * from[wire].conj()).re).sum();
        State { supplied, lost: self.lost() }
    }

    /// The voltage at the terminals of a customer in V; the mean of the three phases for one that has them.
    pub(super) fn voltage(&self, customer: usize) -> f64 {
        let service = &self.network.customers[customer];
        let phases = phases(service);
        let count = phases.len() as f64;
        phases.map(|phase| self.terminal(customer, service, phase).norm()).sum::<f64>() / count
    }

    /// The current of a customer in A; the mean of the three phases for one that has them.
    pub(super) fn current(&self, customer: usize) -> f64 {
        let phases = phases(&self.network.customers[customer]);
        let count = phases.len() as f64;
        phases.map(|phase| self.drawn[customer][phase].norm()).sum::<f64>() / count
    }

    /// The voltage between phase and neutral at the terminals of a customer.
    fn terminal(&self, customer: usize, service: &Service, phase: usize) -> Complex64 {
        let [node, drawn] =
            [self.voltages[service.node][phase] - self.voltages[service.node][3], self.drawn[customer][phase]];
        let neutral: Complex64 = self.drawn[customer].iter().sum();
        node - service.wire * (drawn + neutral)
    }

    /// Currents from powers, and from the far ends to the transformer.
    fn sweep_back(&mut self, powers: &[Complex64]) {
        let none = Complex64::new(0.0, 0.0);
        self.currents.fill([none; 4]);
        for (customer, service) in self.network.customers.iter().enumerate() {
            let phases = phases(service);
            let share = powers[customer] / phases.len() as f64;
            let mut drawn = [none; 3];
            phases.for_each(|phase| drawn[phase] = (share / self.terminal(customer, service, phase)).conj());
            self.drawn[customer] = drawn;
            let towards = &mut self.currents[service.node];
            drawn.iter().enumerate().for_each(|(phase, current)| {
                towards[phase] += current;
                towards[3] -= current;
            });
        }
        for node in (1..self.network.nodes.len()).rev() {
            let current = self.currents[node];
            let parent = &mut self.currents[self.network.nodes[node].parent];
            parent.iter_mut().zip(current).for_each(|(sum, current)| *sum += current);
        }
    }

    /// Voltages from the transformer to the far ends; returns the largest move in V.
    fn sweep_forth(&mut self) -> f64 {
        let mut moved: f64 = 0.0;
        for node in 1..self.network.nodes.len() {
            let (parent, wire) = (self.network.nodes[node].parent, self.network.nodes[node].wire);
            for phase in 0..4 {
                let voltage = self.voltages[parent][phase] - wire * self.currents[node][phase];
                moved = moved.max((voltage - self.voltages[node][phase]).norm());
                self.voltages[node][phase] = voltage;
            }
        }
        moved
    }

    fn lost(&self) -> f64 {
        let squares = |currents: &[Complex64]| currents.iter().map(Complex64::norm_sqr).sum::<f64>();
        let cables = self.network.nodes.iter().zip(&self.currents).skip(1);
        let cables: f64 = cables.map(|(node, currents)| node.wire.re * squares(currents)).sum();
        let services = self.network.customers.iter().zip(&self.drawn);
        let neutral = |drawn: &[Complex64; 3]| drawn.iter().sum::<Complex64>().norm_sqr();
        cables + services.map(|(service, drawn)| service.wire.re * (squares(drawn) + neutral(drawn))).sum::<f64>()
    }
}

fn phases(service: &Service) -> std::ops::Range<usize> {
    service.phase.map_or(0..3, |phase| phase..phase + 1)
}

fn source(voltage: f64) -> [Complex64; 4] {
    let phase = |third: usize| Complex64::from_polar(voltage, -TAU * third as f64 / 3.0);
    [phase(0), phase(1), phase(2), Complex64::new(0.0, 0.0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    #[test]
    fn what_is_supplied_is_drawn_or_lost() {
        let mut draws = Gaussian::new(5, 1);
        let network = Network::draw(60, 1.0, &mut draws);
        let mut flow = Flow::new(&network);
        for _ in 0..20 {
            let power =
                |draws: &mut Gaussian| Complex64::new(3000.0 * draws.uniform() - 500.0, 400.0 * draws.uniform());
            let powers: Vec<_> = (0..60).map(|_| power(&mut draws)).collect();
            let state = flow.solve(&powers, NOMINAL);
            let drawn: f64 = powers.iter().map(|power| power.re).sum();
            let open = (state.supplied - drawn - state.lost) / state.supplied;
            assert!(open.abs() < 1e-9, "{open}");
            assert!(state.lost > 0.0 && state.lost < 0.1 * drawn.abs());
        }
    }

    #[test]
    fn one_customer_at_the_end_of_one_cable_has_the_voltage_of_the_circuit() {
        let ohm = |resistance| Complex64::new(resistance, 0.0);
        let nodes = [0.0, 0.1].map(|resistance| super::super::network::Node { parent: 0, wire: ohm(resistance) });
        let service = Service { node: 1, phase: Some(0), wire: ohm(0.05) };
        let network = Network { nodes: nodes.into(), customers: vec![service] };
        let mut flow = Flow::new(&network);
        let state = flow.solve(&[ohm(2000.0)], NOMINAL);
        // V (230 − V) = 2 (0.1 + 0.05) 2000 has the solution V, for both wires lead there and back.
        let voltage = 115.0 + (115.0_f64 * 115.0 - 600.0).sqrt();
        assert!((flow.voltage(0) - voltage).abs() < 1e-6);
        assert!((state.lost - 0.3 * (2000.0 / voltage).powi(2)).abs() < 1e-6);
        assert!((flow.current(0) - 2000.0 / voltage).abs() < 1e-6);
    }

    #[test]
    fn three_equal_customers_on_three_phases_leave_the_neutral_without_current() {
        let ohm = |resistance| Complex64::new(resistance, 0.0);
        let nodes = [0.0, 0.2].map(|resistance| super::super::network::Node { parent: 0, wire: ohm(resistance) });
        let service = |phase| Service { node: 1, phase: Some(phase), wire: ohm(0.0) };
        let network = Network { nodes: nodes.into(), customers: [0, 1, 2].map(service).into() };
        let mut flow = Flow::new(&network);
        let state = flow.solve(&[ohm(3000.0); 3], NOMINAL);
        // V (230 − V) = 0.2 · 3000: one wire each, for their currents add up to nothing behind it.
        let voltage = 115.0 + (115.0_f64 * 115.0 - 600.0).sqrt();
        assert!((0..3).all(|customer| (flow.voltage(customer) - voltage).abs() < 1e-6));
        assert!((state.lost - 3.0 * 0.2 * (3000.0 / voltage).powi(2)).abs() < 1e-6);
    }

    #[test]
    fn one_customer_on_one_phase_raises_the_voltages_of_the_others_by_the_neutral() {
        let ohm = |resistance| Complex64::new(resistance, 0.0);
        let nodes = [0.0, 0.1].map(|resistance| super::super::network::Node { parent: 0, wire: ohm(resistance) });
        let service = |phase| Service { node: 1, phase: Some(phase), wire: ohm(0.0) };
        let network = Network { nodes: nodes.into(), customers: [0, 1].map(service).into() };
        let mut flow = Flow::new(&network);
        flow.solve(&[ohm(4600.0), ohm(0.0)], NOMINAL);
        let own = 115.0 + (115.0_f64 * 115.0 - 0.2 * 4600.0).sqrt();
        // The neutral at the node is 0.1·I above the transformer's, in phase with A; B stands 120° from it.
        let neutral = 0.1 * 4600.0 / own;
        let other = ((NOMINAL * 0.5 + neutral).powi(2) + (NOMINAL * 0.75_f64.sqrt()).powi(2)).sqrt();
        assert!((flow.voltage(0) - own).abs() < 1e-6 && (flow.voltage(1) - other).abs() < 1e-6);
    }
}
