#include "datasets/generator/generator.h"

/* Callers before callees; the calls that every seed has, and those that a seed draws. */
static const struct {
    const char *name;
    enum gen_kind kind;
} COMPONENTS[GEN_COMPONENTS] = {
    {"web-client", GEN_CLIENT},      {"edge-gateway", GEN_SERVICE}, {"checkout", GEN_SERVICE},
    {"search", GEN_SERVICE},         {"account", GEN_SERVICE},      {"cart", GEN_SERVICE},
    {"pricing", GEN_SERVICE},        {"catalog", GEN_SERVICE},      {"payment", GEN_SERVICE},
    {"shipping", GEN_SERVICE},       {"mail-queue", GEN_QUEUE},     {"session-cache", GEN_CACHE},
    {"orders-db", GEN_DATABASE},     {"catalog-db", GEN_DATABASE},  {"media-store", GEN_STORAGE},
    {"card-provider", GEN_EXTERNAL}, {"host-a", GEN_HOST},          {"host-b", GEN_HOST},
};

static const unsigned char CALLS[][2] = {
    {0, 1}, {1, 2},  {1, 3},  {1, 4}, {1, 5},  {2, 5},  {2, 6},  {2, 8},  {2, 9},
    {3, 7}, {4, 11}, {5, 11}, {6, 7}, {7, 13}, {8, 15}, {8, 12}, {9, 10}, {9, 12},
};

static const unsigned char MAYBE_CALLS[][2] = {{3, 6},  {4, 12}, {5, 12}, {7, 14}, {2, 12}, {6, 11},
                                               {3, 11}, {4, 10}, {1, 7},  {2, 10}, {7, 11}, {9, 15}};

const char *gen_kind_name(enum gen_kind kind)
{
    static const char *const NAMES[GEN_KINDS] = {"client", "service", "database", "cache",
                                                 "queue",  "storage", "host",     "external"};
    return NAMES[kind];
}

void gen_topology_make(struct gen_topology *topology, uint64_t seed)
{
    struct gen_random random;
    *topology = (struct gen_topology){0};
    gen_random_seed(&random, seed, UINT64_MAX);
    for (size_t i = 0; i < GEN_COMPONENTS; i++) {
        topology->names[i] = COMPONENTS[i].name;
        topology->kinds[i] = COMPONENTS[i].kind;
        double rank = 0.3 + gen_uniform(&random);
        topology->trouble[i] = COMPONENTS[i].kind == GEN_CLIENT ? 0.0 : rank * rank;
    }
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++)
        topology->calls[CALLS[i][0]][CALLS[i][1]] = true;
    for (size_t i = 0; i < sizeof MAYBE_CALLS / sizeof MAYBE_CALLS[0]; i++)
        topology->calls[MAYBE_CALLS[i][0]][MAYBE_CALLS[i][1]] = gen_chance(&random, 0.5);
    for (size_t i = 1; i < 15; i++)
        topology->calls[i][gen_chance(&random, 0.5) ? 16 : 17] = true;
}
