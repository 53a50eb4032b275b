//! The named constants: those that are exact by definition. Measured ones, such as the Newtonian constant of gravitation,
//! have uncertainties and are inputs. No name is a single letter, so that a forgotten input is not taken for one.

/// A constant that models may name.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    /// The name in models.
    pub name: &'static str,
    /// The value in that unit.
    pub value: f64,
    /// The unit.
    pub unit: &'static str,
    /// What it is.
    pub about: &'static str,
}

const fn constant(name: &'static str, value: f64, unit: &'static str, about: &'static str) -> Constant {
    Constant { name, value, unit, about }
}

/// All of them.
///
/// References: SI Brochure, 9th edition; CODATA recommended values of 2022 for those that follow from the defining ones.
#[rustfmt::skip]
pub const CONSTANTS: &[Constant] = &[
    constant("pi", std::f64::consts::PI, "1", "the circumference of a circle over its diameter"),
    constant("euler", std::f64::consts::E, "1", "the base of the natural logarithm"),
    constant("Delta_nu_Cs", 9_192_631_770.0, "Hz", "the hyperfine transition frequency of caesium 133"),
    constant("c_0", 299_792_458.0, "m/s", "the speed of light in vacuum"),
    constant("h_Planck", 6.626_070_15e-34, "J·s", "the Planck constant"),
    constant("hbar", 1.054_571_817_646_156_5e-34, "J·s", "the reduced Planck constant"),
    constant("q_e", 1.602_176_634e-19, "C", "the elementary charge"),
    constant("k_B", 1.380_649e-23, "J/K", "the Boltzmann constant"),
    constant("N_A", 6.022_140_76e23, "1/mol", "the Avogadro constant"),
    constant("K_cd", 683.0, "lm/W", "the luminous efficacy of radiation at 540 THz"),
    constant("R_gas", 8.314_462_618_153_24, "J/mol/K", "the molar gas constant"),
    constant("F_Faraday", 96_485.332_123_310_02, "C/mol", "the Faraday constant"),
    constant("sigma_SB", 5.670_374_419_184_43e-8, "W/m^2/K^4", "the Stefan-Boltzmann constant"),
    constant("K_J", 483_597_848_416_983.6, "Hz/V", "the Josephson constant"),
    constant("R_K", 25_812.807_459_304_51, "ohm", "the von Klitzing constant"),
    constant("Phi_0", 2.067_833_848_461_929_5e-15, "Wb", "the magnetic flux quantum"),
    constant("K_J90", 483_597.9e9, "Hz/V", "the conventional value of the Josephson constant of 1990"),
    constant("R_K90", 25_812.807, "ohm", "the conventional value of the von Klitzing constant of 1990"),
    constant("g_n", 9.806_65, "m/s^2", "the standard acceleration of free fall"),
    constant("p_atm", 101_325.0, "Pa", "the standard atmosphere"),
    constant("T_0", 273.15, "K", "the zero of the Celsius scale"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use std::collections::HashSet;

    fn value(name: &str) -> f64 {
        CONSTANTS.iter().find(|constant| constant.name == name).unwrap().value
    }

    #[test]
    fn every_constant_has_a_name_of_its_own_and_a_unit() {
        let names: HashSet<_> = CONSTANTS.iter().map(|constant| constant.name).collect();
        assert_eq!(names.len(), CONSTANTS.len());
        assert!(CONSTANTS.iter().all(|constant| constant.name.len() > 1 && Unit::parse(constant.unit).is_ok()));
    }

    #[test]
    fn what_follows_from_the_defining_constants_does() {
        let [h, q, k, c, n] = ["h_Planck", "q_e", "k_B", "c_0", "N_A"].map(value);
        let pi = std::f64::consts::PI;
        let derived = [
            ("hbar", h / (2.0 * pi)),
            ("R_gas", k * n),
            ("F_Faraday", q * n),
            ("sigma_SB", 2.0 * pi.powi(5) * k.powi(4) / (15.0 * h.powi(3) * c * c)),
            ("K_J", 2.0 * q / h),
            ("R_K", h / (q * q)),
            ("Phi_0", h / (2.0 * q)),
        ];
        for (name, derived) in derived {
            assert!((value(name) / derived - 1.0).abs() < 2e-15, "{name}: {derived}");
        }
    }
}
