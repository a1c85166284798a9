# One static library per room of layers.txt and per folder under systems/; tests, benchmarks and fuzz targets beside the code.
#   x.cpp -> library    x_test.cpp -> <room>_test    x_bench.cpp -> <room>_bench    x_fuzz.cpp -> fuzz_x (preset asan)
#   schema/NNNN_name.sql -> thien_an::<room>::migrations(), see engine/storage/migrations.h

set(THIENAN_ROOMS "" CACHE INTERNAL "")
set(THIENAN_SCHEMAS "" CACHE INTERNAL "")

# One precompiled header for every target: compiled once, not once a room.
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")
add_library(thien_an_pch OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
target_include_directories(thien_an_pch PRIVATE ${CMAKE_SOURCE_DIR})
target_precompile_headers(thien_an_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
# The compiled header differs from checkout to checkout though the header does not; ccache is told by the sum of the
# preprocessed text, so that objects can be shared.
execute_process(
  COMMAND ${CMAKE_CXX_COMPILER} -std=gnu++20 -w -E -P ${CMAKE_SOURCE_DIR}/cmake/precompiled.h OUTPUT_VARIABLE preprocessed)
string(SHA256 preprocessed_sum "${preprocessed}")
file(WRITE ${CMAKE_BINARY_DIR}/CMakeFiles/thien_an_pch.dir/cmake_pch.hxx.gch.sum "${preprocessed_sum}\n")

# A machine that only runs the province has neither doctest nor Google Benchmark: `script/setup tests` installs them.
find_path(DOCTEST doctest/doctest.h)
if(NOT DOCTEST)
  set(THIENAN_TESTS OFF)
endif()
add_library(thien_an_doctest_main OBJECT EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/doctest_main.cpp)

# The allowed rooms of `room` as layers.txt names them.
function(thien_an_allowed room out)
  file(STRINGS ${CMAKE_SOURCE_DIR}/layers.txt lines REGEX "^engine/${room}:")
  string(REGEX REPLACE "#.*$" "" line "${lines}")
  string(REGEX REPLACE "^[^:]*:" "" line "${line}")
  string(STRIP "${line}" line)
  string(REGEX REPLACE " +" ";" allowed "${line}")
  list(TRANSFORM allowed REPLACE "^engine/" "")
  set(${out} "${allowed}" PARENT_SCOPE)
endfunction()

# Compiles schema/*.sql of `folder` into a source that defines thien_an::<name>::migrations().
function(thien_an_schema name folder target)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/schema/*.sql)
  if(NOT files)
    return()
  endif()
  set(generated ${CMAKE_BINARY_DIR}/schema/${name}_schema.cpp)
  add_custom_command(OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} "-DFILES=${files}" -DOUT=${generated} -P ${CMAKE_SOURCE_DIR}/cmake/embed_schema.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_schema.cmake VERBATIM)
  target_sources(${target} PRIVATE ${generated})
  set(THIENAN_SCHEMAS ${THIENAN_SCHEMAS} ${name} CACHE INTERNAL "")
endfunction()

# With THIENAN_UNITY: the sources named by `list` become fewer, which include them (tools/unity.py).
function(thien_an_grouped name list)
  if(NOT THIENAN_UNITY)
    return()
  endif()
  execute_process(
    COMMAND ${THIENAN_PYTHON} ${CMAKE_SOURCE_DIR}/tools/unity.py ${CMAKE_BINARY_DIR}/unity ${name} ${CMAKE_SOURCE_DIR} ${${list}}
    OUTPUT_VARIABLE grouped COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${${list}} ${CMAKE_SOURCE_DIR}/tools/unity.py)
  set(${list} "${grouped}" PARENT_SCOPE)
endfunction()

# Library, tests, benchmarks and fuzz targets of the folder; links `uses`.
function(thien_an_module name folder)
  cmake_parse_arguments(PARSE_ARGV 2 M "" "" "USES;DEBIAN;LIBRARIES")
  file(GLOB all CONFIGURE_DEPENDS ${folder}/*.cpp)
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  set(benches ${all})
  list(FILTER benches INCLUDE REGEX "_bench\\.cpp$")
  set(fuzzes ${all})
  list(FILTER fuzzes INCLUDE REGEX "_fuzz\\.cpp$")
  list(FILTER all EXCLUDE REGEX "_(test|bench|fuzz)\\.cpp$")
  set(support ${all})  # What tests of other folders share too (test_*.cpp): the program is built without it.
  list(FILTER support INCLUDE REGEX "/test_[^/]*\\.cpp$")
  list(FILTER all EXCLUDE REGEX "/test_[^/]*\\.cpp$")
  set(helpers ${tests})  # What tests of the room share; fuzz targets use it too.
  list(FILTER helpers INCLUDE REGEX "_for_test\\.cpp$")
  set(target thien_an_${name})
  if(all)
    set(kind PUBLIC)
    thien_an_grouped(${name} all)
    add_library(${target} STATIC ${all})
    target_precompile_headers(${target} REUSE_FROM thien_an_pch)
    thien_an_schema(${name} ${folder} ${target})
  else()
    set(kind INTERFACE)
    add_library(${target} INTERFACE)
  endif()
  target_include_directories(${target} ${kind} ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} ${kind} Threads::Threads ${M_LIBRARIES})
  foreach(used ${M_USES})
    target_link_libraries(${target} ${kind} thien_an_${used})
  endforeach()
  if(M_DEBIAN)
    pkg_check_modules(debian_${name} REQUIRED IMPORTED_TARGET ${M_DEBIAN})
    target_link_libraries(${target} ${kind} PkgConfig::debian_${name})
  endif()
  if(support AND THIENAN_TESTS)
    add_library(${target}_for_tests STATIC EXCLUDE_FROM_ALL ${support})
    target_precompile_headers(${target}_for_tests REUSE_FROM thien_an_pch)
    target_link_libraries(${target}_for_tests PUBLIC ${target})
    set_property(GLOBAL APPEND PROPERTY thien_an_support ${target}_for_tests)
  endif()
  get_property(for_tests GLOBAL PROPERTY thien_an_support)
  if(tests AND THIENAN_TESTS)
    thien_an_grouped(${name}_test tests)
    add_executable(${name}_test ${tests} $<TARGET_OBJECTS:thien_an_doctest_main>)
    target_precompile_headers(${name}_test REUSE_FROM thien_an_pch)
    target_link_libraries(${name}_test PRIVATE ${for_tests} ${target})
    target_compile_definitions(${name}_test PRIVATE THIENAN_SOURCE_DIR=".")
    add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endif()
  if(benches AND NOT THIENAN_SANITIZE)
    find_package(benchmark QUIET)
    if(benchmark_FOUND)
      add_executable(${name}_bench EXCLUDE_FROM_ALL ${benches})
      target_precompile_headers(${name}_bench REUSE_FROM thien_an_pch)
      target_link_libraries(${name}_bench PRIVATE ${target} benchmark::benchmark_main)
      target_compile_definitions(${name}_bench PRIVATE THIENAN_SOURCE_DIR=".")
    endif()
  endif()
  if(THIENAN_FUZZ)
    foreach(source ${fuzzes})
      get_filename_component(stem ${source} NAME_WE)
      string(REGEX REPLACE "_fuzz$" "" stem ${stem})
      add_executable(fuzz_${stem} ${source} ${helpers})
      target_precompile_headers(fuzz_${stem} REUSE_FROM thien_an_pch)
      target_link_libraries(fuzz_${stem} PRIVATE ${for_tests} ${target})
      target_link_options(fuzz_${stem} PRIVATE -fsanitize=fuzzer)
      target_compile_definitions(fuzz_${stem} PRIVATE THIENAN_SOURCE_DIR=".")
    endforeach()
  endif()
endfunction()

# engine/<name>, linked against the rooms layers.txt allows it.
function(thien_an_room name)
  cmake_parse_arguments(PARSE_ARGV 1 R "" "" "DEBIAN;LIBRARIES")
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/engine/${name})
    return()
  endif()
  thien_an_allowed(${name} allowed)
  set(uses "")
  foreach(room ${allowed})
    if(TARGET thien_an_${room})
      list(APPEND uses ${room})
    endif()
  endforeach()
  thien_an_module(${name} ${CMAKE_SOURCE_DIR}/engine/${name} USES ${uses} DEBIAN ${R_DEBIAN} LIBRARIES ${R_LIBRARIES})
  set(THIENAN_ROOMS ${THIENAN_ROOMS} ${name} CACHE INTERNAL "")
endfunction()

# Every folder under systems/ that has C++.
function(thien_an_systems)
  file(GLOB folders CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/systems/*)
  set(systems "")
  foreach(folder ${folders})
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    if(sources)
      get_filename_component(name ${folder} NAME)
      thien_an_module(${name} ${folder} USES ${THIENAN_ROOMS})
      list(APPEND systems ${name})
    endif()
  endforeach()
  set(THIENAN_SYSTEMS ${systems} CACHE INTERNAL "")
endfunction()

# Where systems are not built, what parses the outside world's input in one is fuzzed all the same: fuzz_<name> of
# systems/<system>/<name>_fuzz.cpp, from the files named alone.
function(thien_an_parser_fuzz system name)
  if(NOT THIENAN_FUZZ)
    return()
  endif()
  list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/systems/${system}/ OUTPUT_VARIABLE sources)
  add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/systems/${system}/${name}_fuzz.cpp ${sources})
  target_precompile_headers(fuzz_${name} REUSE_FROM thien_an_pch)
  target_link_libraries(fuzz_${name} PRIVATE thien_an_base)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()

# A source that defines thien_an::all_migrations(): every schema, rooms first, in the order of layers.txt.
function(thien_an_all_migrations out)
  set(declared "")
  set(joined "")
  foreach(name ${THIENAN_SCHEMAS})
    string(APPEND declared "namespace thien_an::${name} {\nstd::span<const storage::Migration> migrations();\n}\n")
    string(APPEND joined "    for (const auto& one : ${name}::migrations()) all.push_back(one);\n")
  endforeach()
  file(WRITE ${CMAKE_BINARY_DIR}/schema/all_migrations.cpp.new "#include <vector>

#include \"engine/storage/migrations.h\"

${declared}
namespace thien_an {
std::vector<storage::Migration> all_migrations();
std::vector<storage::Migration> all_migrations()
{
    std::vector<storage::Migration> all;
${joined}    return all;
}
}  // namespace thien_an
")
  file(COPY_FILE ${CMAKE_BINARY_DIR}/schema/all_migrations.cpp.new ${CMAKE_BINARY_DIR}/schema/all_migrations.cpp ONLY_IF_DIFFERENT)
  set(${out} ${CMAKE_BINARY_DIR}/schema/all_migrations.cpp PARENT_SCOPE)
endfunction()

# programs/<name>/*.cpp -> the program <name>, linked against everything; x_test.cpp beside it -> <name>_test.
function(thien_an_programs)
  file(GLOB folders CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/programs/*)
  foreach(folder ${folders})
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz)\\.cpp$")
    if(sources)
      get_filename_component(name ${folder} NAME)
      thien_an_all_migrations(migrations)
      set(words "")
      if(EXISTS ${folder}/words.vi.json)
        set(words ${CMAKE_BINARY_DIR}/${name}_words.cpp)
        add_custom_command(OUTPUT ${words}
          COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DOUT=${words} -P ${CMAKE_SOURCE_DIR}/cmake/embed_words.cmake
          DEPENDS ${folder}/words.vi.json ${folder}/words.en.json ${CMAKE_SOURCE_DIR}/cmake/embed_words.cmake VERBATIM)
      endif()
      # Everything but main(), compiled once for the program and its tests.
      set(parts ${sources})
      list(REMOVE_ITEM parts ${folder}/main.cpp)
      thien_an_grouped(${name}_program parts)
      set(uses ${THIENAN_SYSTEMS} ${THIENAN_ROOMS})
      if(name STREQUAL thienan_conformance) # Judges the engine alone.
        set(uses workflow)
        set(migrations "")
      endif()
      list(APPEND parts ${migrations} ${words})
      add_library(${name}_parts OBJECT ${parts})
      target_precompile_headers(${name}_parts REUSE_FROM thien_an_pch)
      foreach(used ${uses})
        target_link_libraries(${name}_parts PUBLIC thien_an_${used})
      endforeach()
      add_executable(${name} ${folder}/main.cpp)
      target_precompile_headers(${name} REUSE_FROM thien_an_pch)
      target_link_libraries(${name} PRIVATE ${name}_parts)
      set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
      if(tests AND THIENAN_TESTS AND NOT THIENAN_FUZZ)
        add_executable(${name}_test ${tests} $<TARGET_OBJECTS:thien_an_doctest_main>)
        target_precompile_headers(${name}_test REUSE_FROM thien_an_pch)
        target_link_libraries(${name}_test PRIVATE ${name}_parts)
        target_compile_definitions(${name}_test PRIVATE THIENAN_SOURCE_DIR=".")
        add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
      endif()
    endif()
  endforeach()
endfunction()

# tests/crash: the program that is killed while it stores, and the one that looks at what it left.
function(thien_an_crash_test)
  if(THIENAN_TESTS AND NOT THIENAN_SANITIZE)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/crash/*.cpp)
    add_executable(thienan_crash ${sources})
    target_precompile_headers(thienan_crash REUSE_FROM thien_an_pch)
    target_link_libraries(thienan_crash PRIVATE thien_an_storage)
    add_test(NAME crash COMMAND ${CMAKE_SOURCE_DIR}/tests/crash/run 8 $<TARGET_FILE:thienan_crash>)
  endif()
endfunction()

# tests/bench: the client and the yardsticks of script/bench; built when asked for.
function(thien_an_bench_programs)
  foreach(name load yardstick)
    add_executable(thienan_${name} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/bench/${name}.cpp)
    target_precompile_headers(thienan_${name} REUSE_FROM thien_an_pch)
    target_link_libraries(thienan_${name} PRIVATE thien_an_storage)
  endforeach()
  add_executable(thienan_workflow_bench EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/bench/workflow.cpp)
  target_precompile_headers(thienan_workflow_bench REUSE_FROM thien_an_pch)
  target_link_libraries(thienan_workflow_bench PRIVATE thien_an_workflow)
  add_executable(thienan_secured_bench EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/bench/secured.cpp)
  target_precompile_headers(thienan_secured_bench REUSE_FROM thien_an_pch)
  target_link_libraries(thienan_secured_bench PRIVATE thien_an_justice)
  add_executable(thienan_paper_yardstick EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/bench/paper_yardstick.cpp)
  target_link_libraries(thienan_paper_yardstick PRIVATE thien_an_documents)
  # Made-up people as the demo folders have them.
  add_executable(thienan_registers_bench EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/bench/registers.cpp
    ${CMAKE_SOURCE_DIR}/systems/civil_status/demo_births.cpp ${CMAKE_SOURCE_DIR}/systems/civil_status/person_pairs_for_test.cpp)
  target_precompile_headers(thienan_registers_bench REUSE_FROM thien_an_pch)
  target_link_libraries(thienan_registers_bench PRIVATE thien_an_registers)
endfunction()
