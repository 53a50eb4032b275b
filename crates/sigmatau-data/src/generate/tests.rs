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
            Recipe::builtin(name).unwrap().with(Overrides { points: Some(300), ..Default::default() }).unwrap();
        assert_eq!(recipe.tables().count(), recipe.members(), "{name}");
    }
}
