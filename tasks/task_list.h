#pragma once
#include "tasks/registry.h"

namespace dpsbench {

// One function a task, each in the file of its name. registry.cpp puts them in order.

TaskEntry denoising_task();
TaskEntry inpainting_task();
TaskEntry super_resolution_task();
TaskEntry colorization_task();

}  // namespace dpsbench
