/*
 * Subscriptions. Invariants:
 * - revision is that of the last commit whose changes were all given out; skip is how many of the next one's were.
 * - While is_in_commit, changes reads the changes of commit; commits reads the commits behind it, of the same reply.
 * - Where readers have failed, the reply is dropped and asked for again from revision and skip.
 */
#include <stdio.h>
#include <stdlib.h>

#include "change.h"
#include "node.h"
#include "segment.h"

enum { JOURNAL_SIZE = 16, COMMITS_AT_ONCE = 100, MOST_PATH = 96 };

/* What is being read of one commit. */
struct commit {
    int64_t revision;
    int64_t first;
    bool is_complete;
    struct json changes;
    bool is_first_change;
};

struct cms_subscription {
    cms_node *node;
    cms_module *module;
    char *name;
    uint64_t revision;
    uint64_t skip;
    unsigned char journal[JOURNAL_SIZE];
    struct buffer reply;
    struct json commits;
    bool is_first_commit;
    bool is_in_reply;
    bool is_in_commit;
    struct commit commit;
    struct change_memory memory;
};

cms_status cms_subscribe(cms_node *node, const char *module, uint64_t since_revision, cms_subscription **subscription)
{
    cms_subscription *made = calloc(1, sizeof *made);
    *subscription = NULL;
    if (made == NULL) {
        return CMS_NO_MEMORY;
    }

    made->node = node;
    made->revision = since_revision;
    made->reply.limit = made->memory.list.limit = MOST_BODY;
    made->name = strdup(module);
    cms_status status = made->name == NULL ? CMS_NO_MEMORY : cms_open(module, node->run_directory, &made->module);
    if (status == CMS_OK) {
        status = cms_journal(made->module, made->journal);
    }

    if (status == CMS_OK) {
        *subscription = made;
    } else {
        cms_unsubscribe(made);
    }

    return status;
}

void cms_unsubscribe(cms_subscription *subscription)
{
    if (subscription == NULL) {
        return;
    }

    cms_close(subscription->module);
    cms_buffer_free(&subscription->reply);
    cms_buffer_free(&subscription->memory.list);
    free(subscription->name);
    free(subscription);
}

static void drop_reply(cms_subscription *subscription)
{
    subscription->is_in_reply = false;
    subscription->is_in_commit = false;
}

/* Whether a text is the journal's id, written with dashes. */
static bool is_journal(const cms_subscription *subscription, const char *text)
{
    char expected[2 * JOURNAL_SIZE + 1];
    size_t index = 0;
    for (size_t byte = 0; byte < JOURNAL_SIZE; byte++) {
        (void)snprintf(expected + 2 * byte, 3, "%02x", subscription->journal[byte]);
    }

    for (; *text != '\0' && index < 2 * JOURNAL_SIZE; text++) {
        if (*text != '-' && *text != expected[index++]) {
            return false;
        }
    }

    return *text == '\0' && index == 2 * JOURNAL_SIZE;
}

/* Finds the commits in a reply. */
static cms_status open_reply(cms_subscription *subscription, struct json *json)
{
    struct json_text name;
    struct json_text journal = {0};
    bool is_first = true;
    bool has_commits = false;
    bool is_right = cms_json_enter(json, '{');
    while (is_right && cms_json_member(json, &is_first, &name)) {
        if (strcmp(name.bytes, "commits") == 0) {
            subscription->commits = *json;
            has_commits = true;
        }

        is_right = strcmp(name.bytes, "journal") == 0 ? cms_json_take_text(json, &journal) : cms_json_skip(json);
    }

    if (cms_json_failed(json) || !has_commits || journal.bytes == NULL || !cms_json_enter(&subscription->commits, '[')) {
        return CMS_CORRUPT;
    }

    subscription->is_in_reply = true;
    subscription->is_first_commit = true;
    return is_journal(subscription, journal.bytes) ? CMS_OK : CMS_TOO_OLD;
}

static cms_status fetch(cms_subscription *subscription)
{
    char path[MOST_PATH];
    struct json json;
    bool was_sent = false;
    const struct request request = {.method = "GET", .module = subscription->name, .path = path};
    (void)snprintf(path, sizeof path, "/commits?after=%llu&skip=%llu&count=%d", (unsigned long long)subscription->revision,
        (unsigned long long)subscription->skip, COMMITS_AT_ONCE);
    cms_status status = cms_node_request(subscription->node, &request, &json, &was_sent);
    if (status != CMS_OK) {
        return status == CMS_UNKNOWN_OUTCOME ? CMS_UNAVAILABLE : status == CMS_NOT_FOUND ? CMS_TOO_OLD : status;
    }

    /* The answer becomes the subscription's, and the node gets the memory of the one before. */
    const struct buffer reply = subscription->node->reply;
    subscription->node->reply = subscription->reply;
    subscription->reply = reply;
    status = open_reply(subscription, &json);
    if (status != CMS_OK) {
        drop_reply(subscription);
    }

    return status;
}

/* Goes to the next commit of the reply. CMS_END: it has no more. */
static cms_status next_commit(cms_subscription *subscription)
{
    struct commit commit = {.revision = -1, .first = -1, .is_first_change = true};
    struct json *json = &subscription->commits;
    struct json_text name;
    bool is_first = true;
    if (!cms_json_element(json, &subscription->is_first_commit)) {
        return cms_json_failed(json) ? CMS_CORRUPT : CMS_END;
    }

    bool is_right = cms_json_enter(json, '{');
    while (is_right && cms_json_member(json, &is_first, &name)) {
        if (strcmp(name.bytes, "changes") == 0) {
            commit.changes = *json;
        }

        is_right = strcmp(name.bytes, "revision") == 0 ? cms_json_take_int(json, &commit.revision)
            : strcmp(name.bytes, "first") == 0         ? cms_json_take_int(json, &commit.first)
            : strcmp(name.bytes, "isComplete") == 0    ? cms_json_take_bool(json, &commit.is_complete)
                                                       : cms_json_skip(json);
    }

    if (cms_json_failed(json) || commit.changes.next == NULL || !cms_json_enter(&commit.changes, '[')
        || commit.revision < 0 || (uint64_t)commit.revision != subscription->revision + 1 || commit.first < 0
        || (uint64_t)commit.first != subscription->skip) {
        return CMS_CORRUPT;
    }

    subscription->commit = commit;
    subscription->is_in_commit = true;
    return CMS_OK;
}

/* The name that a section had, when the daemon does not know it any more but the segment still does. */
static void look_name_up(cms_subscription *subscription, cms_change *change)
{
    cms_snapshot snapshot;
    cms_section section;
    if (change->section == NULL || change->section[0] != '#' || cms_snapshot_take(subscription->module, &snapshot) != CMS_OK) {
        return;
    }

    /* What the commit has deleted or renamed was there before it. */
    const bool is_before = change->kind == CMS_CHANGE_DELETE_SECTION || change->kind == CMS_CHANGE_RENAME_SECTION;
    snapshot.revision = change->revision - is_before;
    cms_status status = cms_find_section_by_id(&snapshot, change->section_id, &section);
    if (status == CMS_NOT_FOUND && !is_before) {
        snapshot.revision--;
        status = cms_find_section_by_id(&snapshot, change->section_id, &section);
    }

    if (status == CMS_OK && section.name[0] != '\0') {
        memcpy(subscription->memory.section, section.name, sizeof section.name);
        change->section = subscription->memory.section;
    }
}

/* The next change of the commit. CMS_END: the reply has no more of it. */
static cms_status take_change(cms_subscription *subscription, cms_change *change)
{
    struct commit *commit = &subscription->commit;
    struct json *json = &commit->changes;
    const bool is_there = cms_json_element(json, &commit->is_first_change);
    if (is_there) {
        if (!cms_take_change(json, subscription->node->locale, &subscription->memory, change)) {
            return subscription->memory.list.status == CMS_NO_MEMORY ? CMS_NO_MEMORY : CMS_CORRUPT;
        }

        change->revision = change->value.revision = (uint64_t)commit->revision;
        change->is_last = commit->is_complete && cms_json_peek(json) == ']';
        look_name_up(subscription, change);
        if (!cms_make_change_key(&subscription->memory, change)) {
            return CMS_CORRUPT;
        }
    } else if (cms_json_failed(json)) {
        return CMS_CORRUPT;
    }

    subscription->skip += is_there;
    subscription->is_in_commit = is_there;
    if (is_there ? change->is_last : commit->is_complete) {
        subscription->revision = (uint64_t)commit->revision;
        subscription->skip = 0;
        subscription->is_in_commit = false;
    }

    return is_there ? CMS_OK : CMS_END;
}

/* The next change that is here already. CMS_END: there is none. */
static cms_status next_here(cms_subscription *subscription, cms_change *change)
{
    cms_status status = CMS_END;
    while (subscription->is_in_reply) {
        const bool is_in_commit = subscription->is_in_commit;
        status = is_in_commit ? take_change(subscription, change) : next_commit(subscription);
        if (status == CMS_OK ? is_in_commit : status != CMS_END || !is_in_commit) {
            break;
        }
    }

    if (status != CMS_OK) {
        drop_reply(subscription);
    }

    return status;
}

static cms_status check_journal(cms_subscription *subscription)
{
    unsigned char journal[JOURNAL_SIZE];
    const cms_status status = cms_journal(subscription->module, journal);
    return status != CMS_OK ? status : memcmp(journal, subscription->journal, JOURNAL_SIZE) == 0 ? CMS_OK : CMS_TOO_OLD;
}

/* Waits until the segment shows a commit that was not given out. */
static cms_status wait_for_commit(cms_subscription *subscription, int timeout_ms)
{
    uint64_t newest;
    cms_status status = check_journal(subscription);
    if (status == CMS_OK) {
        status = cms_revision(subscription->module, &newest);
    }

    if (status != CMS_OK || newest > subscription->revision) {
        return status;
    }

    if (newest < subscription->revision) {
        return CMS_INVALID_ARGUMENT;
    }

    status = cms_wait(subscription->module, subscription->revision, timeout_ms, NULL);
    return status == CMS_OK ? check_journal(subscription) : status;
}

cms_status cms_next_change(cms_subscription *subscription, int timeout_ms, cms_change *change)
{
    cms_status status = next_here(subscription, change);
    if (status == CMS_END && subscription->skip == 0) {
        status = wait_for_commit(subscription, timeout_ms);
    } else if (status == CMS_END) {
        status = CMS_OK;
    } else {
        return status;
    }

    if (status == CMS_OK) {
        status = fetch(subscription);
    }

    if (status == CMS_OK) {
        status = next_here(subscription, change);
    }

    /* A daemon that has nothing to tell is behind its own segment. */
    return status == CMS_END ? CMS_UNAVAILABLE : status;
}
