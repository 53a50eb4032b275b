//! GNSS tracks: what one receiver measured on one satellite, some minutes at a time.

use super::{Schema, float, integer, text};

/// One row per track, sorted by series and time. The first three columns are those of the
/// [`clock`](super::clock) schema, so that a table of tracks is a table of clocks too; `time-transfer`
/// reads the others as well. Values that the receiver did not give are null.
pub static SCHEMA: Schema = Schema {
    name: "tracks",
    version: 1,
    fields: &[
        text("series", "station, satellite and code, such as `PTB G08 L1C`"),
        integer("time", "ns", "middle of the track, in the time scale named by the field metadata `time_scale`"),
        float("phase", "s", "REFSYS: reference of the station minus system time, at the middle of the track"),
        text("station", "laboratory that owns the receiver"),
        text("satellite", "satellite, such as `G08`"),
        text("code", "frequency and code, such as `L1C` or `L3P`"),
        text("class", "common-view class in hexadecimal; `FF` where no schedule was followed"),
        float("track_s", "s", "length of the track"),
        float("elevation_deg", "deg", "elevation of the satellite at the middle of the track"),
        float("azimuth_deg", "deg", "azimuth of the satellite at the middle of the track, from north by east"),
        float("refsv_s", "s", "REFSV: reference of the station minus clock of the satellite"),
        float("srsv", "1", "slope of REFSV"),
        float("srsys", "1", "slope of REFSYS"),
        float("dsg_s", "s", "root mean square of the residuals of REFSYS about its straight line"),
        integer("ioe", "1", "issue of the ephemeris; 999 where it is unknown"),
        float("mdtr_s", "s", "modelled delay of the troposphere"),
        float("smdt", "1", "slope of the modelled delay of the troposphere"),
        float("mdio_s", "s", "modelled delay of the ionosphere"),
        float("smdi", "1", "slope of the modelled delay of the ionosphere"),
        float("msio_s", "s", "measured delay of the ionosphere; null with a single frequency"),
        float("smsi", "1", "slope of the measured delay of the ionosphere"),
        float("isg_s", "s", "root mean square of the residuals of the measured delay of the ionosphere"),
        integer("fr", "1", "GLONASS frequency channel; 0 for other systems"),
        integer("hc", "1", "receiver hardware channel; 0 where it is unknown"),
    ],
};
