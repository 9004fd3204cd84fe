package io.weft.vrouter;

/**
 * Facts of a rule set; the key is its number, 1 to {@link Sizes#ruleSets} - 1.
 *
 * @param epoch not 0, and another one whenever a verdict of the set, or the class of an address in the scope of its ports,
 *     changes in a way that takes something back: connections of an earlier epoch are judged again at their next packet.
 *     Write it after the entries that it announces. Verdicts that are only added need no new epoch
 * @param stateless whether no verdict of the set is stateful: the programs need not look for connections then
 */
public record RuleSet(int epoch, boolean stateless) {
    private static final int STATELESS = 1;

    static final Codec<RuleSet> CODEC = new Codec<>(
            8,
            (set, out) -> out.putInt(set.epoch).putInt(set.stateless ? STATELESS : 0),
            in -> new RuleSet(in.getInt(), (in.getInt() & STATELESS) != 0));
}
