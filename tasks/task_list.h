#pragma once
#include "tasks/registry.h"

namespace dpsbench {

// One function a task, each in the file of its name. registry.cpp puts them in order.

TaskEntry denoising_task();
TaskEntry inpainting_task();
TaskEntry box_inpainting_task();
TaskEntry half_inpainting_task();
TaskEntry super_resolution_task();
TaskEntry super_resolution_pooling_task();
TaskEntry colorization_task();
TaskEntry gaussian_blur_task();
TaskEntry uniform_blur_task();
TaskEntry motion_blur_task();
TaskEntry compressed_sensing_task();
TaskEntry random_matrix_task();
TaskEntry phase_retrieval_task();
TaskEntry high_dynamic_range_task();
TaskEntry jpeg_task();
TaskEntry imputation_task();
TaskEntry circular_blur_task();
TaskEntry partial_fourier_task();

}  // namespace dpsbench
