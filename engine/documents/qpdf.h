#pragma once

#include <array>
#include <vector>

#ifdef __clang__
// For fuzzing only. clang looks into ~vector<JSON> while libqpdf is still declaring JSON, because C++20 made it
// constexpr; a stand-in of the same size is not looked into. Nothing of ours makes or destroys one.
class JSON;
template <>
class std::vector<JSON> {
public:
    std::array<void*, 3> stand_in;
};
#endif

// libqpdf asks every user to say which of its two pointer types it means; 4 is the standard one alone.
#define POINTERHOLDER_TRANSITION 4
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
