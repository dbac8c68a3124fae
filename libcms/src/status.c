#include "cms.h"

const char *cms_status_text(cms_status status)
{
    switch (status) {
#define SENTENCE(name, number, sentence)                                                                             \
    case CMS_##name:                                                                                                 \
        return sentence;
        CMS_STATUSES(SENTENCE)
#undef SENTENCE
    }

    return "unknown status";
}
