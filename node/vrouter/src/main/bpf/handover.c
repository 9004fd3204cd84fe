/*
 * What devices run while one generation of programs takes over from another: programs that call the one or the other, all
 * of them by one word, so that at each moment one generation has every new packet. HandOver in Java has the steps, and
 * the names of the programs in the order of the slots.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define HOOKS 6

/* The previous generation's programs, then the next one's. */
struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, 2 * HOOKS);
    __type(key, __u32);
    __type(value, __u32);
} generations SEC(".maps");

/* Whose turn it is: 0 or 1. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u32);
} turn SEC(".maps");

#define HOOK(name, number)                                                                         \
    SEC("tc")                                                                                      \
    int name(struct __sk_buff *skb)                                                                \
    {                                                                                              \
        __u32 zero = 0, *generation = bpf_map_lookup_elem(&turn, &zero);                           \
        if (generation)                                                                            \
            bpf_tail_call(skb, &generations, *generation * HOOKS + number);                        \
        return TC_ACT_SHOT;                                                                        \
    }

HOOK(from_workload, 0)
HOOK(from_uplink, 1)
HOOK(from_tunnel_device, 2)
HOOK(from_service, 3)
HOOK(from_external, 4)
HOOK(from_shaper, 5)

char licence[] SEC("license") = "GPL";
