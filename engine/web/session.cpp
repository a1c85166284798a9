#include "engine/web/session.h"

#include <algorithm>

namespace thien_an::web {

bool Session::may(std::string_view permission) const
{
    return std::binary_search(permissions.begin(), permissions.end(), permission, std::less<>{});
}

bool Session::has_scope(std::string_view scope) const
{
    return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

}  // namespace thien_an::web
