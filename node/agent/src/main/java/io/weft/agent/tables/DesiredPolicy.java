package io.weft.agent.tables;

import io.weft.agent.policy.Match;
import io.weft.agent.policy.PolicyOutput;
import io.weft.model.Direction;
import io.weft.model.IpPrefix;
import io.weft.vrouter.PeerClassKey;
import io.weft.vrouter.PolicyKey;
import io.weft.vrouter.PolicyNumber;
import io.weft.vrouter.PolicyVerdict;
import io.weft.vrouter.RuleSet;
import java.util.UUID;

/** Writes what is calculated from security groups into the desired tables. */
final class DesiredPolicy implements PolicyOutput {
    private static final Unit OWNER = new Unit.Groups();

    /**
     * All entries have the same, so that one of a protocol counts before one of any protocol; none is higher that earlier builds may
     * have left in the kernel.
     */
    private static final int PRECEDENCE = 2;

    private final DesiredTables tables;

    DesiredPolicy(DesiredTables tables) {
        this.tables = tables;
    }

    @Override
    public void putPeer(int scope, IpPrefix prefix, int peerClass) {
        tables.peerClasses().put(OWNER, new PeerClassKey(scope, prefix), peerClass);
    }

    @Override
    public void removePeer(int scope, IpPrefix prefix) {
        tables.peerClasses().withdraw(OWNER, new PeerClassKey(scope, prefix));
    }

    @Override
    public void putVerdict(int ruleSet, int peerClass, Match match, Verdict verdict) {
        tables.policy()
                .put(
                        OWNER,
                        key(ruleSet, peerClass, match),
                        new PolicyVerdict(verdict.allow(), verdict.stateful(), PRECEDENCE, verdict.rule()));
    }

    @Override
    public void removeVerdict(int ruleSet, int peerClass, Match match) {
        tables.policy().withdraw(OWNER, key(ruleSet, peerClass, match));
    }

    private static PolicyKey key(int ruleSet, int peerClass, Match match) {
        return new PolicyKey(
                ruleSet,
                peerClass,
                match.direction() == Direction.EGRESS ? PolicyKey.Direction.EGRESS : PolicyKey.Direction.INGRESS,
                match.family(),
                match.protocol(),
                match.ports().bits(),
                match.ports().length());
    }

    @Override
    public void putRuleSet(int number, RuleSet facts) {
        tables.ruleSets().put(OWNER, number, facts);
    }

    @Override
    public void removeRuleSet(int number) {
        tables.ruleSets().withdraw(OWNER, number);
    }

    @Override
    public void putName(PolicyNumber number, UUID name) {
        tables.policyNames().put(OWNER, number, name);
    }

    @Override
    public void removeName(PolicyNumber number) {
        tables.policyNames().withdraw(OWNER, number);
    }
}
