/* The gateways of a routing domain: mostly one, which costs one lookup. */
#pragma once

#include "maps.h"

INLINE struct further_gateway *find_further_gateway(__u32 domain, __u32 network)
{
    struct further_gateway_key key = {.domain = domain, .network = network};
    return bpf_map_lookup_elem(&further_gateways, &key);
}

INLINE bool has_several_gateways(__u32 domain)
{
    struct gateway *first = bpf_map_lookup_elem(&gateways, &domain);
    return first && first->flags & GATEWAY_SEVERAL;
}

/* The domain's gateway on an external network. */
INLINE struct gateway *find_gateway(__u32 domain, __u32 network)
{
    struct gateway *first = bpf_map_lookup_elem(&gateways, &domain);
    if (!first || first->network == network)
        return first;
    if (!(first->flags & GATEWAY_SEVERAL))
        return NULL;
    struct further_gateway *further = find_further_gateway(domain, network);
    return further ? &further->gateway : NULL;
}

/* The gateway of the domain to which other nodes send on this VNI. */
INLINE struct gateway *find_gateway_of_transit(__u32 domain, __u32 transit)
{
    struct gateway *first = bpf_map_lookup_elem(&gateways, &domain);
    if (!first || first->transit == transit)
        return first;
    if (!(first->flags & GATEWAY_SEVERAL))
        return NULL;
    struct further_gateway *further = find_further_gateway(domain, transit);
    return further ? &further->gateway : NULL;
}
