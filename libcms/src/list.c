/*
 * The members of a list in order, at one revision. The blocks of a list that belongs to a revision are not written while
 * that revision is kept; so each step reads in place and then looks at the stamp and at the oldest kept revision, and
 * what is disturbed is either too old or damaged.
 */
#include "list.h"

/* A block of a list, which counts after close_block. */
struct list_block {
    const unsigned char *place;
    uint64_t stamp;
    uint64_t descriptor;
    uint64_t size;
};

static cms_status failure(const struct file *file, uint64_t revision)
{
    return load_header(file, OLDEST_OFFSET) > revision ? CMS_TOO_OLD : CMS_CORRUPT;
}

static bool open_block(struct file *file, uint32_t reference, uint64_t revision, struct list_block *block)
{
    const uint64_t offset = (uint64_t)reference * WORD_SIZE;
    if (!is_in_arena(file, offset, SMALLEST_BLOCK)) {
        return false;
    }

    block->place = file->base + offset;
    block->stamp = load_word(block->place);
    block->descriptor = load_word(block->place + DESCRIPTOR_OFFSET);
    block->size = cms_class_sizes[descriptor_class(block->descriptor)];
    return (block->stamp & 1) == 0 && stamp_revision(block->stamp) <= revision && block->size != 0
        && is_in_arena(file, offset, block->size);
}

static bool close_block(const struct file *file, const struct list_block *block, uint64_t revision)
{
    return reload_word(block->place) == block->stamp && load_header(file, OLDEST_OFFSET) <= revision;
}

static bool is_leaf(const struct list_block *block)
{
    return descriptor_kind(block->descriptor) == KIND_LEAF
        && descriptor_count(block->descriptor) <= (block->size - LEAF_MEMBERS_OFFSET) / sizeof(uint32_t);
}

cms_status cms_list_begin(cms_cursor *cursor, uint32_t reference, uint64_t count)
{
    struct file *file = &cursor->private_snapshot.private_module->file;
    const uint64_t revision = cursor->private_snapshot.revision;
    cursor->private_count = (uint32_t)count;
    cursor->private_position = 0;
    cursor->private_root = 0;
    cursor->private_leaf_index = 0;
    cursor->private_leaf_count = 0;
    cursor->private_member = 0;
    cursor->private_member_count = 0;
    /* Each member has a slot of its own. */
    if (count > file->bucket_count * SLOTS_IN_BUCKET) {
        return failure(file, revision);
    }

    if (count == 0) {
        return CMS_OK;
    }

    struct list_block block;
    if (!open_block(file, reference, revision, &block)) {
        return failure(file, revision);
    }

    const bool is_root = descriptor_kind(block.descriptor) == KIND_ROOT;
    const uint32_t leaves = is_root ? (uint32_t)load_loose(block.place + ROOT_COUNT_OFFSET) : 0;
    if (!close_block(file, &block, revision) || (is_root ? leaves > (block.size - ROOT_LEAVES_OFFSET) / ROOT_LEAF_SIZE : !is_leaf(&block))) {
        return failure(file, revision);
    }

    cursor->private_root = is_root ? reference : 0;
    cursor->private_leaf_count = leaves;
    cursor->private_leaf = is_root ? 0 : reference;
    cursor->private_member_count = is_root ? 0 : descriptor_count(block.descriptor);
    return CMS_OK;
}

/* Goes to the next leaf of the root. */
static cms_status next_leaf(cms_cursor *cursor, struct file *file)
{
    const uint64_t revision = cursor->private_snapshot.revision;
    struct list_block block;
    if (cursor->private_leaf_index >= cursor->private_leaf_count || !open_block(file, cursor->private_root, revision, &block)
        || cursor->private_leaf_count > (block.size - ROOT_LEAVES_OFFSET) / ROOT_LEAF_SIZE) {
        return failure(file, revision);
    }

    const uint32_t leaf = (uint32_t)load_loose(block.place + ROOT_LEAVES_OFFSET + (uint64_t)cursor->private_leaf_index * ROOT_LEAF_SIZE);
    if (!close_block(file, &block, revision) || !open_block(file, leaf, revision, &block)
        || !close_block(file, &block, revision) || !is_leaf(&block)) {
        return failure(file, revision);
    }

    cursor->private_leaf_index++;
    cursor->private_leaf = leaf;
    cursor->private_member = 0;
    cursor->private_member_count = descriptor_count(block.descriptor);
    return CMS_OK;
}

cms_status cms_list_peek(cms_cursor *cursor, uint32_t *slot)
{
    struct file *file = &cursor->private_snapshot.private_module->file;
    const uint64_t revision = cursor->private_snapshot.revision;
    if (cursor->private_snapshot.private_generation != cursor->private_snapshot.private_module->generation) {
        return CMS_TOO_OLD;
    }

    if (cursor->private_position == cursor->private_count) {
        return CMS_END;
    }

    while (cursor->private_member == cursor->private_member_count) {
        const cms_status status = next_leaf(cursor, file);
        if (status != CMS_OK) {
            return status;
        }
    }

    struct list_block block;
    if (!open_block(file, cursor->private_leaf, revision, &block) || cursor->private_member >= (block.size - LEAF_MEMBERS_OFFSET) / sizeof(uint32_t)) {
        return failure(file, revision);
    }

    *slot = (uint32_t)load_bytes(block.place, LEAF_MEMBERS_OFFSET + cursor->private_member * sizeof(uint32_t), sizeof(uint32_t));
    return close_block(file, &block, revision) ? CMS_OK : failure(file, revision);
}
