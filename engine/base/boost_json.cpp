// The one file that holds Boost.JSON's definitions.
#include <boost/json/src.hpp>
