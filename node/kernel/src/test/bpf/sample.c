// Programs for the tests of this module: each shows one thing that the Java side must be able to do.
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile __u32 verdict = 0;
__u32 bias = 1;
__u64 runs;

struct key {
    __u32 network;
    __u32 port;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, struct key);
    __type(value, __u64);
} ports SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 4);
    __type(key, __u32);
    __type(value, __u64);
} counters SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, 4);
    __uint(key_size, 4);
    __uint(value_size, 4);
} stages SEC(".maps");

struct inner {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(max_entries, 16);
    __uint(key_size, 8);
    __uint(value_size, 4);
    __uint(map_flags, BPF_F_NO_PREALLOC);
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
    __uint(max_entries, 16);
    __type(key, __u32);
    __array(values, struct inner);
} routes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096 * 4);
} events SEC(".maps");

// Counts, marks and answers with the configured verdict.
SEC("tc")
int first(struct __sk_buff *skb) {
    __u32 zero = 0;
    __u64 *count = bpf_map_lookup_elem(&counters, &zero);
    if (count)
        *count += 1;
    __sync_fetch_and_add(&runs, 1);
    skb->mark += bias;
    skb->cb[0] = skb->ifindex;
    return verdict;
}

// Goes on with whatever stands in place 1, or drops.
SEC("tc")
int jump(struct __sk_buff *skb) {
    bpf_tail_call(skb, &stages, 1);
    return TC_ACT_SHOT;
}

// Looks a route up in the trie of the network that the mark names.
SEC("tc")
int route(struct __sk_buff *skb) {
    struct {
        __u32 length;
        __u32 address;
    } key = {32, __builtin_bswap32(skb->mark)};
    __u32 network = skb->cb[1];
    void *trie = bpf_map_lookup_elem(&routes, &network);
    if (!trie)
        return TC_ACT_SHOT;
    __u32 *next = bpf_map_lookup_elem(trie, &key);
    return next ? *next : TC_ACT_SHOT;
}

// Writes one event of eight bytes: the mark, then the length; a discarded one comes before it.
SEC("tc")
int report(struct __sk_buff *skb) {
    __u32 *lost = bpf_ringbuf_reserve(&events, 12, 0);
    if (lost)
        bpf_ringbuf_discard(lost, 0);
    __u32 *event = bpf_ringbuf_reserve(&events, 8, 0);
    if (!event)
        return TC_ACT_SHOT;
    event[0] = skb->mark;
    event[1] = skb->len;
    bpf_ringbuf_submit(event, 0);
    return TC_ACT_OK;
}

// Lets every frame through, where the driver takes it in.
SEC("xdp")
int take(struct xdp_md *frame) {
    return XDP_PASS;
}
