/* What the library itself does with handles. */
#ifndef CMS_HANDLE_H
#define CMS_HANDLE_H

#include "value.h"

/* Makes the handle current; its status, and its value when that is CMS_OK. */
cms_status cms_handle_refresh(cms_handle *handle);

#endif
