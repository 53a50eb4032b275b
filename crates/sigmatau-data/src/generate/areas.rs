//! Transformer areas with meters in service: loads appliance by appliance, a power flow over four wires, meters with
//! errors that are known, and what befalls them.
//!
//! An area is drawn by itself from (seed, area, customer), so that neither threads nor the order of drawing changes a
//! digit. A stranger, a meter that is filed in the wrong area, belongs to a customer of the next one, where nobody
//! meters it.

mod flow;
mod load;
mod network;
mod register;
pub(super) mod text;
mod weather;

use super::Size;
use crate::Table;
use crate::schema::{Cell, Rows, meter_truth, meters, readings};
use flow::{Flow, NOMINAL};
use load::Load;
use network::Network;
use rayon::prelude::*;
use register::{Device, Fault, Readings};
use sigmatau_spectrum::Gaussian;
use sigmatau_spectrum::fft::Complex64;
use std::ops::Range;
use weather::Weather;

/// Minutes of a day.
const MINUTES: usize = 1440;
/// Minutes between two power flows.
const FLOW: usize = 5;
/// The power of a meter itself, and of what collects their readings, in W; no meter counts it.
const SELF: f64 = 1.0;
const COLLECTOR: f64 = 8.0;
/// When the first interval begins: 1 July 2026 in UTC, in ns.
const BEGIN: i64 = 1_782_864_000_000_000_000;
const MINUTE: i64 = 60_000_000_000;

/// Areas of several kinds, in turn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Areas {
    pub(super) kinds: Vec<Kind>,
}

/// A kind of area.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kind {
    pub(super) name: String,
    /// Meters that belong there.
    pub(super) meters: usize,
    /// The length of an interval in minutes.
    pub(super) step: usize,
    /// What scales the impedance of the cables.
    pub(super) cable: f64,
    /// Whether losses come from a power flow; else they are a fixed share of the square of the power.
    pub(super) flow: bool,
    /// The share of customers who feed in.
    pub(super) roofs: f64,
    /// Whether meters send voltages and currents, and the master meter voltages.
    pub(super) voltage: bool,
    /// By what share the voltage of the transformer is above the nominal one at 4 h, and below it at 16 h.
    pub(super) swing: f64,
    /// Whether meters send registers instead of energies.
    pub(super) registers: bool,
    /// The share of readings that are missing.
    pub(super) missing: f64,
    /// The standard deviation of the clocks in s; one in twenty is off by up to four minutes where it is not 0.
    pub(super) clocks: f64,
    /// The standard deviation of the errors of sound meters, and the share of meters whose error is 1.2 % to 4 %.
    pub(super) spread: f64,
    pub(super) bad: f64,
    /// The steps of the registers in kWh, of the meters and of the master meter.
    pub(super) resolution: f64,
    pub(super) master_resolution: f64,
    /// The error of the master meter.
    pub(super) master_error: f64,
    /// How many meters are dead, tampered with, replaced, filed here though they hang elsewhere; customers without.
    pub(super) dead: usize,
    pub(super) tampered: usize,
    pub(super) replaced: usize,
    pub(super) strangers: usize,
    pub(super) absent: usize,
}

/// The tables of an area, by their names in [`PARTS`].
type Tables = [Table; 3];

/// What is drawn of each area.
pub(super) static PARTS: &[&str] = &["readings", "meters", "truth"];

/// The streams of random numbers.
const WEATHER: u64 = u64::MAX;
const CABLES: u64 = 0xFFFF;

fn stream(area: usize, customer: u64) -> u64 {
    (area as u64) << 16 | customer
}

/// A customer with a meter, and what passes it.
struct Member {
    load: Load,
    draws: Gaussian,
}

impl Member {
    fn draw(seed: u64, area: usize, customer: usize, days: usize, weather: &Weather, roofs: f64) -> Self {
        let mut draws = Gaussian::new(seed, stream(area, customer as u64));
        Self { load: Load::draw(days, weather, roofs, &mut draws), draws }
    }

    /// The power at the terminals in W.
    fn net(&self, minute: usize) -> f64 {
        f64::from(self.load.drawn[minute]) - f64::from(self.load.roof[minute])
    }
}

impl Areas {
    /// Draws the areas in their order, as many at once as there are threads; the memory is that of so many.
    pub(super) fn tables(&self, size: Size) -> impl Iterator<Item = Vec<Table>> {
        let together = rayon::current_num_threads();
        let draw = move |area| self.draw(size.seed, area, size.members, size.points).into();
        (0..size.members).step_by(together).flat_map(move |first| {
            let areas = first..size.members.min(first + together);
            areas.into_par_iter().map(draw).collect::<Vec<Vec<Table>>>()
        })
    }

    fn kind(&self, area: usize) -> &Kind {
        &self.kinds[area % self.kinds.len()]
    }

    /// The name of an area.
    fn name(&self, area: usize) -> String {
        format!("A{area:05}-{}", self.kind(area).name)
    }

    /// The length of the intervals of the first kind in s.
    pub(super) fn step(&self) -> f64 {
        60.0 * self.kinds[0].step as f64
    }

    /// Draws an area of so many days.
    fn draw(&self, seed: u64, area: usize, areas: usize, days: usize) -> Tables {
        let kind = self.kind(area);
        let intervals = days * MINUTES / kind.step;
        let weather = Weather::draw(days, &mut Gaussian::new(seed, WEATHER));
        let own = (0..kind.meters).map(|customer| Member::draw(seed, area, customer, days, &weather, kind.roofs));
        let mut members: Vec<Member> = own.collect();
        let before = (area + areas - 1) % areas;
        let guests = if areas > 1 { self.kind(before).strangers } else { 0 };
        members.extend((0..guests).map(|guest| self.stranger(seed, before, guest, days, &weather)));
        let grid = Grid::run(kind, seed, area, &members, intervals * kind.step);
        let mut writer = Writer::new(self.name(area), kind, intervals);
        writer.master(&grid);
        let own = self.name(area);
        for customer in 0..kind.meters - kind.absent {
            let phase = grid.network.customers[customer].phase;
            let sent = Sent { voltage: &grid.voltages[customer], current: &grid.currents[customer] };
            writer.member(&mut members[customer], customer, phase, sent, &own);
        }
        let (home, nominal) = (self.name((area + 1) % areas), vec![NOMINAL; intervals]);
        for guest in 0..if areas > 1 { kind.strangers } else { 0 } {
            let mut member = self.stranger(seed, area, guest, days, &weather);
            let sent = Sent { voltage: &nominal, current: &[] };
            writer.member(&mut member, kind.meters + guest, Some(guest % 3), sent, &home);
        }
        writer.tables()
    }

    /// A customer of the area behind `area` whose meter is filed in `area`.
    fn stranger(&self, seed: u64, area: usize, guest: usize, days: usize, weather: &Weather) -> Member {
        Member::draw(seed, area, self.kind(area).meters + guest, days, weather, 0.0)
    }
}

/// What flows in an area.
struct Grid {
    network: Network,
    /// Power that leaves the transformer, in W, every [`FLOW`] minutes.
    supplied: Vec<f64>,
    /// The energy that the cables lost over the energy that was supplied.
    loss: f64,
    /// The mean voltage and current of each customer in each interval.
    voltages: Vec<Vec<f64>>,
    currents: Vec<Vec<f64>>,
    /// The mean voltage of the transformer in each interval.
    source: Vec<f64>,
}

impl Grid {
    fn run(kind: &Kind, seed: u64, area: usize, members: &[Member], minutes: usize) -> Self {
        let network = Network::draw(members.len(), kind.cable, &mut Gaussian::new(seed, stream(area, CABLES)));
        let mut flow = Flow::new(&network);
        let per_interval = kind.step / FLOW;
        let nothing = || vec![vec![0.0; minutes / kind.step]; members.len()];
        let (mut voltages, mut currents) = (nothing(), nothing());
        let mut source = vec![0.0; minutes / kind.step];
        let (mut lost, mut total, mut supplied) = (0.0, 0.0, Vec::new());
        for instant in 0..minutes / FLOW {
            let powers: Vec<Complex64> = members.iter().map(|member| power(member, instant)).collect();
            let drawn: f64 = powers.iter().map(|power| power.re).sum();
            let state = match kind.flow {
                true => flow.solve(&powers, kind.source(instant * FLOW)),
                false => flow::State { supplied: drawn * (1.0 + 2e-7 * drawn), lost: 2e-7 * drawn * drawn },
            };
            supplied.push(state.supplied + COLLECTOR);
            (lost, total) = (lost + state.lost, total + state.supplied);
            let (interval, part) = (instant / per_interval, 1.0 / per_interval as f64);
            source[interval] += part * kind.source(instant * FLOW);
            for customer in (0..members.len()).filter(|_| kind.flow) {
                voltages[customer][interval] += flow.voltage(customer) * part;
                currents[customer][interval] += flow.current(customer) * part;
            }
        }
        Self { network, supplied, loss: lost / total, voltages, currents, source }
    }
}

/// The mean complex power of a customer and the meter between two flows, in VA.
fn power(member: &Member, instant: usize) -> Complex64 {
    let minutes = instant * FLOW..(instant + 1) * FLOW;
    let drawn: f64 = minutes.clone().map(|minute| f64::from(member.load.drawn[minute])).sum::<f64>() / FLOW as f64;
    let net: f64 = minutes.map(|minute| member.net(minute)).sum::<f64>() / FLOW as f64;
    Complex64::new(net + SELF, member.load.tangent * drawn)
}

/// The tables of an area, as they grow.
struct Writer<'a> {
    area: String,
    kind: &'a Kind,
    intervals: usize,
    meters: Rows,
    readings: Rows,
    truth: Rows,
}

/// A meter in service, and where it is filed.
struct Filed<'a> {
    id: String,
    /// The number of the customer; nothing for the master meter.
    customer: Option<usize>,
    /// The phase 0, 1 or 2; nothing for all three.
    phase: Option<usize>,
    feeds_in: bool,
    replaces: String,
    /// The area that it hangs in.
    home: &'a str,
    /// The intervals in which it was in service.
    service: Range<usize>,
}

/// The mean voltage and current at a meter in each interval; empty where they are not known.
#[derive(Clone, Copy)]
struct Sent<'a> {
    voltage: &'a [f64],
    current: &'a [f64],
}

/// What a meter read: towards the customer, back, and what it sends beside.
struct Read<'a> {
    towards: Readings,
    back: Option<Readings>,
    sent: Sent<'a>,
}

impl<'a> Writer<'a> {
    fn new(area: String, kind: &'a Kind, intervals: usize) -> Self {
        let [meters, readings, truth] = [&meters::SCHEMA, &readings::SCHEMA, &meter_truth::SCHEMA].map(Rows::of);
        Self { area, kind, intervals, meters, readings, truth }
    }

    fn tables(self) -> Tables {
        [self.readings, self.meters, self.truth].map(Rows::table)
    }

    fn master(&mut self, grid: &Grid) {
        let Kind { master_error, master_resolution, step, .. } = *self.kind;
        let device =
            Device { gain: master_error, drift: 0.0, late: 0.0, resolution: master_resolution, fault: Fault::None };
        let minutes = || grid.supplied.iter().flat_map(|watts| std::iter::repeat_n(*watts, FLOW));
        let feeds_in = self.kind.roofs > 0.0;
        let towards = device.read(minutes().map(|watts| watts.max(0.0)), step, 0.0);
        let back = feeds_in.then(|| device.read(minutes().map(|watts| (-watts).max(0.0)), step, 0.0));
        let (id, home, service) = (format!("{}-master", self.area), self.area.clone(), 0..self.intervals);
        let filed = Filed { id, customer: None, phase: None, feeds_in, replaces: String::new(), home: &home, service };
        let read = Read { towards, back, sent: Sent { voltage: &grid.source, current: &[] } };
        self.put(&filed, &read, "master", "", grid.loss, &mut |_| false);
    }

    /// A customer's meter and its readings; one that was replaced is two.
    fn member(&mut self, member: &mut Member, customer: usize, phase: Option<usize>, sent: Sent<'_>, home: &str) {
        let (kind, intervals) = (self.kind, self.intervals);
        let feeds_in = member.load.roof.iter().any(|watts| *watts > 0.0);
        let id = format!("{}-{customer:03}", self.area);
        let filed = Filed {
            id,
            customer: Some(customer),
            phase,
            feeds_in,
            replaces: String::new(),
            home,
            service: 0..intervals,
        };
        let faulty = kind.dead + kind.tampered;
        if !(faulty..faulty + kind.replaced).contains(&customer) {
            return self.device(member, &filed, sent);
        }
        let (id, half) = (filed.id.clone(), intervals / 2);
        let after = Filed { id: format!("{id}-new"), replaces: id, service: half..intervals, ..filed };
        self.device(
            member,
            &Filed { id: after.replaces.clone(), replaces: String::new(), service: 0..half, ..after },
            sent,
        );
        self.device(member, &after, sent);
    }

    /// One meter, as long as it was in service.
    fn device(&mut self, member: &mut Member, filed: &Filed<'_>, sent: Sent<'_>) {
        let (step, service) = (self.kind.step, filed.service.clone());
        let device = self.kind.device(filed.customer.unwrap_or(0), self.intervals * step, &mut member.draws);
        let first = if service.start == 0 { (1000.0 * member.draws.uniform()).floor() } else { 0.0 };
        let minutes = service.start * step..service.end * step;
        let net = |minute: usize| member.net(minute);
        let towards = device.read(minutes.clone().map(|minute| net(minute).max(0.0)), step, first);
        let back = filed.feeds_in.then(|| device.read(minutes.map(|minute| (-net(minute)).max(0.0)), step, 0.0));
        let sent =
            Sent { voltage: &sent.voltage[service.clone()], current: sent.current.get(service).unwrap_or_default() };
        let read = Read { towards, back, sent };
        let (plight, onset) = (plight(&device, filed, &self.area), onset(device.fault));
        let missing = self.kind.missing;
        let draws = &mut member.draws;
        self.put(filed, &read, plight, &onset, f64::NAN, &mut |_| draws.uniform() < missing);
    }

    fn put(
        &mut self,
        filed: &Filed<'_>,
        read: &Read<'_>,
        plight: &str,
        onset: &str,
        loss: f64,
        is_missing: &mut dyn FnMut(usize) -> bool,
    ) {
        self.file(filed);
        let Readings { passed, registered, .. } = read.towards;
        let error = 100.0 * (registered / passed - 1.0);
        self.truth.push([
            Cell::from(self.area.as_str()),
            filed.id.as_str().into(),
            plight.into(),
            error.into(),
            passed.into(),
            filed.home.into(),
            onset.into(),
            (100.0 * loss).into(),
        ]);
        (0..filed.service.len()).filter(|interval| !is_missing(*interval)).for_each(|interval| {
            self.readings.push(self.row(filed, read, interval));
        });
    }

    /// The reading of an interval.
    fn row(&self, filed: &Filed<'_>, read: &Read<'_>, interval: usize) -> [Cell; 8] {
        let end = BEGIN + MINUTE * ((filed.service.start + interval + 1) * self.kind.step) as i64;
        let energy = |readings: &Readings| readings.register[interval + 1] - readings.register[interval];
        let has_registers = self.kind.registers;
        let (energy, register) = match has_registers {
            true => (f64::NAN, read.towards.register[interval + 1]),
            false => (energy(&read.towards), f64::NAN),
        };
        let sent = |column: &[f64], steps: f64| {
            let value = column.get(interval).filter(|_| self.kind.voltage);
            value.map_or(f64::NAN, |value| (value * steps).round() / steps)
        };
        [
            self.area.as_str().into(),
            filed.id.as_str().into(),
            end.into(),
            energy.into(),
            read.back.as_ref().map_or(f64::NAN, |back| back.register[interval + 1] - back.register[interval]).into(),
            register.into(),
            sent(read.sent.voltage, 10.0).into(),
            sent(read.sent.current, 100.0).into(),
        ]
    }

    fn file(&mut self, filed: &Filed<'_>) {
        let end = |interval: usize| BEGIN + MINUTE * (interval * self.kind.step) as i64;
        let until = if filed.service.end < self.intervals { end(filed.service.end) } else { i64::MAX };
        let phase = filed.phase.map_or("ABC", |phase| ["A", "B", "C"][phase]);
        self.meters.push([
            Cell::from(self.area.as_str()),
            filed.id.as_str().into(),
            filed.customer.map_or("master", |_| "sub").into(),
            filed.phase.map_or(3, |_| 1).into(),
            phase.into(),
            filed.customer.map_or(0.5, |_| 1.0).into(),
            1.0.into(),
            format!("lot-{}", filed.customer.unwrap_or(0) % 3).into(),
            "".into(),
            "".into(),
            BEGIN.into(),
            6.into(),
            1.0.into(),
            (if filed.feeds_in { "yes" } else { "" }).into(),
            filed.replaces.as_str().into(),
            end(filed.service.start).into(),
            until.into(),
        ]);
    }
}

impl Kind {
    /// The voltage that the transformer holds at a minute, in V.
    fn source(&self, minute: usize) -> f64 {
        let hour = (minute % MINUTES) as f64 / 60.0;
        NOMINAL * (1.0 + self.swing * (std::f64::consts::TAU * (hour - 4.0) / 24.0).cos())
    }

    /// The meter of a customer: the first ones die, the next are tampered with.
    fn device(&self, customer: usize, minutes: usize, draws: &mut Gaussian) -> Device {
        let sign = if draws.uniform() < 0.5 { -1.0 } else { 1.0 };
        let bad = sign * (0.012 + 0.028 * draws.uniform());
        let gain = if draws.uniform() < self.bad { bad } else { self.spread * draws.draw() };
        let slow = draws.uniform() < 0.05 && self.clocks > 0.0;
        let late = if slow { 240.0 * (2.0 * draws.uniform() - 1.0) } else { self.clocks * draws.draw() };
        let from = minutes * 2 / 5;
        let fault = match customer {
            customer if customer < self.dead => Fault::Dead { from },
            customer if customer < self.dead + self.tampered => Fault::Tampered { from, share: 0.4 },
            _ => Fault::None,
        };
        Device { gain, drift: 1e-6 * draws.draw(), late, resolution: self.resolution, fault }
    }
}

/// What is the matter with a meter.
fn plight(device: &Device, filed: &Filed<'_>, area: &str) -> &'static str {
    match device.fault {
        Fault::Dead { .. } => "dead",
        Fault::Tampered { .. } => "tampered",
        Fault::None if filed.home != area => "stranger",
        Fault::None if device.gain.abs() > 0.01 => "bad",
        Fault::None => "sound",
    }
}

/// When a fault began, in s since 1970 UTC.
fn onset(fault: Fault) -> String {
    match fault {
        Fault::Dead { from } | Fault::Tampered { from, .. } => (BEGIN / 1_000_000_000 + 60 * from as i64).to_string(),
        Fault::None => String::new(),
    }
}

#[cfg(test)]
mod tests;
