# hc_embed(TARGET FILE SYMBOL): compiles FILE's bytes into TARGET as
#   extern const unsigned char SYMBOL[]; extern const size_t SYMBOL_size;
function(hc_embed target file symbol)
  set(out ${CMAKE_BINARY_DIR}/generated/${symbol}.c)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DIN=${CMAKE_SOURCE_DIR}/${file} -DOUT=${out} -DSYMBOL=${symbol}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed-file.cmake
    DEPENDS ${CMAKE_SOURCE_DIR}/${file} ${CMAKE_SOURCE_DIR}/cmake/embed-file.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
