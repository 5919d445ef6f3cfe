//! The targets use the core as a library, without Node.js. Nothing calls N-API, but instrumented code keeps
//! what refers to it, so the linker is told an address for each of these names: none.

/// What `nm --undefined-only` names when one is missing.
const NAMES: &[&str] = &[
    "napi_add_env_cleanup_hook",
    "napi_adjust_external_memory",
    "napi_call_function",
    "napi_call_threadsafe_function",
    "napi_check_object_type_tag",
    "napi_coerce_to_string",
    "napi_create_array_with_length",
    "napi_create_buffer_copy",
    "napi_create_double",
    "napi_create_error",
    "napi_create_external",
    "napi_create_function",
    "napi_create_int32",
    "napi_create_object",
    "napi_create_reference",
    "napi_create_string_latin1",
    "napi_create_string_utf8",
    "napi_create_threadsafe_function",
    "napi_create_uint32",
    "napi_define_properties",
    "napi_delete_reference",
    "napi_get_and_clear_last_exception",
    "napi_get_array_length",
    "napi_get_boolean",
    "napi_get_buffer_info",
    "napi_get_cb_info",
    "napi_get_element",
    "napi_get_global",
    "napi_get_named_property",
    "napi_get_null",
    "napi_get_reference_value",
    "napi_get_typedarray_info",
    "napi_get_undefined",
    "napi_get_value_bool",
    "napi_get_value_double",
    "napi_get_value_external",
    "napi_get_value_string_utf8",
    "napi_get_value_uint32",
    "napi_is_array",
    "napi_is_error",
    "napi_is_exception_pending",
    "napi_ref_threadsafe_function",
    "napi_reference_unref",
    "napi_release_threadsafe_function",
    "napi_set_element",
    "napi_set_named_property",
    "napi_set_property",
    "napi_throw",
    "napi_type_tag_object",
    "napi_typeof",
    "napi_unref_threadsafe_function",
    "napi_unwrap",
    "napi_wrap",
];

fn main() {
    if std::env::var("CARGO_CFG_TARGET_VENDOR").is_ok_and(|vendor| vendor == "apple") {
        for flag in ["-undefined", "dynamic_lookup"] {
            println!("cargo:rustc-link-arg-bins={flag}");
        }
        return;
    }
    for name in NAMES {
        println!("cargo:rustc-link-arg-bins=-Wl,--defsym={name}=0");
    }
}
