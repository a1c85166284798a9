#pragma once

#include <string>
#include <vector>

#include "engine/registers/matching.h"
#include "engine/web/context.h"

/// What agreed between two descriptions, said to a clerk.
namespace thien_an::civil_status {

/// "Họ tên: gần giống, viết không dấu; Cùng ngày sinh; Tên mẹ: trùng"
std::string why_said(const std::vector<registers::Evidence>& why, const web::Context& context);
/// Chip: clearly the same, or possibly.
json::object match_chip(double score, const registers::Matching& matching, const web::Context& context);

}  // namespace thien_an::civil_status
