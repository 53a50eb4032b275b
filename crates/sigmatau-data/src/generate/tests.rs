use super::*;

#[test]
fn unknown_recipe_names_the_nearest() {
    let message = Recipe::builtin("clock").unwrap_err().to_string();
    assert_eq!(message, "find the recipe `clock`; did you mean `clocks`?");
}

#[test]
fn built_in_recipes_are_drawn() {
    for name in names() {
        let recipe =
            Recipe::builtin(name).unwrap().with(Overrides { points: Some(200), ..Default::default() }).unwrap();
        assert_eq!(recipe.tables().count(), recipe.pieces(), "{name}");
    }
}

#[test]
fn histories_are_drawn_as_recipes() {
    let small = Overrides { points: Some(2), members: Some(48), seed: Some(5) };
    let recipe = Recipe::builtin("calibrations").unwrap().with(small).unwrap();
    assert_eq!((recipe.parts().len(), recipe.parts()[0], recipe.subject()), (10, "calibrations", "instruments"));
    let extent = Extent { instruments: 48, recalibrations: 2, detail: 1, seed: 5 };
    let planted = recipe.with_part("planted").unwrap().tables().last().unwrap();
    assert_eq!(planted, Histories::builtin().with(extent).unwrap().planted());
    let message = recipe.with(Overrides { members: Some(3), ..Default::default() }).unwrap_err().to_string();
    assert!(message.starts_with("draw 3 instruments with 2 certificates each: at least one of each"), "{message}");
}

#[test]
fn honest_histories_are_those_of_the_recipe_without_its_faults() {
    let recipe = Recipe::builtin("calibrations-honest").unwrap();
    let (drawn, honest) = (recipe.tables().next().unwrap(), Histories::builtin().honest().tables().swap_remove(0).1);
    assert_eq!(drawn.floats("value"), honest.floats("value"));
    assert_eq!(drawn.texts("certificate"), honest.texts("certificate"));
}
