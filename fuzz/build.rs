//! The targets use the core as a library, without Node.js: nothing calls N-API, but instrumented code keeps
//! what refers to it, so the linker must let those symbols go.

fn main() {
    let apple = std::env::var("CARGO_CFG_TARGET_VENDOR").is_ok_and(|vendor| vendor == "apple");
    let flags: &[&str] = if apple {
        &["-undefined", "dynamic_lookup"]
    } else {
        &["-Wl,--unresolved-symbols=ignore-all"]
    };
    for flag in flags {
        println!("cargo:rustc-link-arg-bins={flag}");
    }
}
