/*
 * Gives the lan another address and a name server more, unless somebody has changed the address since it was read.
 * Build it with: cc renumber.c $(pkg-config --cflags --libs cms)
 */
#include <cms.h>
#include <stdio.h>
#include <unistd.h>

/* Reads the address, and the revision that has set it. */
static cms_status read_address(char *address, size_t capacity, uint64_t *revision)
{
    cms_module *network;
    cms_value value;
    cms_status status = cms_open("network", NULL, &network);
    if (status == CMS_OK) {
        status = cms_find(network, "lan.ipaddr", 10, address, capacity, &value);
        *revision = value.revision;
        cms_close(network);
    }

    return status;
}

/* Changes both or nothing. */
static cms_status change(cms_node *node, const char *address, uint64_t seen, uint64_t *revision)
{
    cms_transaction *changes;
    cms_status status = cms_begin(node, "network", &changes);
    if (status != CMS_OK) {
        return status;
    }

    cms_expect(changes, seen);
    cms_set_string(changes, "lan.ipaddr", address);
    cms_array_push_string(changes, "lan.dns", "9.9.9.9");
    cms_message(changes, "renumber the lan");
    status = cms_commit(changes, revision);
    for (unsigned attempt = 0; status == CMS_UNKNOWN_OUTCOME && attempt < 10; attempt++) {
        /* Sent again it is not carried out again. */
        sleep(1);
        status = cms_commit(changes, revision);
    }

    /* After these it is still there; after anything else it is gone. */
    if (status == CMS_UNKNOWN_OUTCOME || status == CMS_UNAVAILABLE || status == CMS_BUSY || status == CMS_NO_MEMORY) {
        cms_rollback(changes);
    }

    return status;
}

int main(int count, char **arguments)
{
    char address[64];
    uint64_t seen = 0;
    uint64_t revision = 0;
    cms_node *node = NULL;
    cms_status status = count == 2 ? read_address(address, sizeof address, &seen) : CMS_INVALID_ARGUMENT;
    if (status == CMS_OK) {
        status = cms_connect(NULL, &node);
    }

    if (status == CMS_OK) {
        status = change(node, arguments[1], seen, &revision);
    }

    if (status == CMS_OK) {
        printf("revision %llu\n", (unsigned long long)revision);
    } else {
        fprintf(stderr, "%s\n", node != NULL && *cms_node_message(node) != '\0' ? cms_node_message(node) : cms_status_text(status));
    }

    cms_disconnect(node);
    return status != CMS_OK;
}
