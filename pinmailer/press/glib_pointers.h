#pragma once

#include <glib-object.h>
#include <memory>

namespace zegel::press {

template <auto Free>
struct GlibFreed {
    template <typename T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

using GlibTextPtr = std::unique_ptr<char, GlibFreed<g_free>>;
using GlibErrorPtr = std::unique_ptr<GError, GlibFreed<g_error_free>>;
using GlibParsePtr = std::unique_ptr<GMarkupParseContext, GlibFreed<g_markup_parse_context_free>>;

/// Any GObject: PangoLayout, PangoContext, RsvgHandle.
template <typename T>
using GlibObjectPtr = std::unique_ptr<T, GlibFreed<g_object_unref>>;

}  // namespace zegel::press
