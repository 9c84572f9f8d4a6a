#include "runner/program/program.h"

int main(int argc, char** argv) { return dpsbench::run_program(argc, argv); }
