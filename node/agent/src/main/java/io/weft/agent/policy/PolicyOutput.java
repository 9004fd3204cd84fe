package io.weft.agent.policy;

import io.weft.model.IpPrefix;
import io.weft.vrouter.PolicyNumber;
import io.weft.vrouter.RuleSet;
import java.util.UUID;

/** Where the calculation's entries go: the node's desired tables. What is put again replaces what was there. */
public interface PolicyOutput {
    /** The class of the addresses of a prefix, as far as no longer one says otherwise. */
    void putPeer(int scope, IpPrefix prefix, int peerClass);

    void removePeer(int scope, IpPrefix prefix);

    /**
     * What becomes of packets between the ports of a rule set and the addresses of a class. Of several the one of the packet's
     * protocol counts before that of any protocol, then the one with the longest block; without any they are denied.
     */
    void putVerdict(int ruleSet, int peerClass, Match match, Verdict verdict);

    void removeVerdict(int ruleSet, int peerClass, Match match);

    /** Verdicts of a rule set that were given in another epoch hold no longer. */
    void putRuleSet(int number, RuleSet facts);

    void removeRuleSet(int number);

    /** What a number stands for, so that the next process on this node goes on with it. */
    void putName(PolicyNumber number, UUID name);

    void removeName(PolicyNumber number);

    /**
     * A verdict.
     *
     * @param allow whether packets pass
     * @param stateful whether it holds for the connection, or for this packet only
     * @param rule the number of the rule that gives it, or 0 for one that has none
     */
    record Verdict(boolean allow, boolean stateful, int rule) {}
}
