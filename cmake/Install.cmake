# `cmake --install build/release --prefix DIR`: the program, the experiments, the Slurm scripts and what converts weights.
# The program finds its libraries where they were when it was built, or in DIR/lib; scripts/package makes an archive that
# needs neither.
include(GNUInstallDirs)
set_target_properties(dpsbench PROPERTIES INSTALL_RPATH "$ORIGIN/../lib" INSTALL_RPATH_USE_LINK_PATH ON)
install(TARGETS dpsbench RUNTIME)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/experiments ${PROJECT_SOURCE_DIR}/slurm DESTINATION ${CMAKE_INSTALL_DATADIR}/dpsbench
        USE_SOURCE_PERMISSIONS)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/scripts/convert_weights.py DESTINATION ${CMAKE_INSTALL_DATADIR}/dpsbench/scripts)
foreach(part checkpoint_reader checkpoint_identity safetensors_reader)  # which it imports
  install(FILES ${PROJECT_SOURCE_DIR}/scripts/${part}.py DESTINATION ${CMAKE_INSTALL_DATADIR}/dpsbench/scripts)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
