package io.weft.agent.policy;

import io.weft.model.Direction;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.vrouter.PolicyNumber;
import io.weft.vrouter.RuleSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** The kernel's policy tables in memory, with longest-prefix lookups, and who would be let through by them. */
final class SimulatedTables implements PolicyOutput {
    record Peer(int scope, IpPrefix prefix) {}

    record Entry(int ruleSet, int peerClass, Match match) {}

    record Packet(Direction direction, IpAddress remote, int protocol, int port) {}

    /** What becomes of a packet, in the order of what is allowed. */
    enum Fate {
        DENIED,
        STATELESS,
        STATEFUL
    }

    final Map<Peer, Integer> peers = new HashMap<>();
    final Map<Entry, Verdict> verdicts = new HashMap<>();
    final Map<Integer, RuleSet> ruleSets = new HashMap<>();
    final Map<PolicyNumber, UUID> names = new HashMap<>();
    int writes;
    int lookups;

    @Override
    public void putPeer(int scope, IpPrefix prefix, int peerClass) {
        peers.put(new Peer(scope, prefix), peerClass);
        writes++;
    }

    @Override
    public void removePeer(int scope, IpPrefix prefix) {
        removed(peers.remove(new Peer(scope, prefix)) != null);
    }

    @Override
    public void putVerdict(int ruleSet, int peerClass, Match match, Verdict verdict) {
        verdicts.put(new Entry(ruleSet, peerClass, match), verdict);
        writes++;
    }

    @Override
    public void removeVerdict(int ruleSet, int peerClass, Match match) {
        removed(verdicts.remove(new Entry(ruleSet, peerClass, match)) != null);
    }

    @Override
    public void putRuleSet(int number, RuleSet facts) {
        ruleSets.put(number, facts);
        writes++;
    }

    @Override
    public void removeRuleSet(int number) {
        removed(ruleSets.remove(number) != null);
    }

    @Override
    public void putName(PolicyNumber number, UUID name) {
        names.put(number, name);
    }

    @Override
    public void removeName(PolicyNumber number) {
        removed(names.remove(number) != null);
        writes--;
    }

    private void removed(boolean wasThere) {
        if (!wasThere) {
            throw new AssertionError("what is removed was not there");
        }
        writes++;
    }

    SimulatedTables copy() {
        SimulatedTables copy = new SimulatedTables();
        copy.peers.putAll(peers);
        copy.verdicts.putAll(verdicts);
        return copy;
    }

    /** How many entries of a rule set deny. */
    long denials(int ruleSet) {
        return verdicts.entrySet().stream()
                .filter(entry ->
                        entry.getKey().ruleSet == ruleSet && !entry.getValue().allow())
                .count();
    }

    /**
     * Takes the entries of others one by one, as the agent writes them: verdicts in no order, peers from the longest, then ports;
     * then what goes, the other way.
     */
    void become(SimulatedTables other, Runnable ports, Random random, Runnable each) {
        List<Map.Entry<Entry, Verdict>> entries = new ArrayList<>(other.verdicts.entrySet());
        Collections.shuffle(entries, random);
        for (Map.Entry<Entry, Verdict> entry : entries) {
            if (!entry.getValue().equals(verdicts.put(entry.getKey(), entry.getValue())) && random.nextInt(4) == 0) {
                each.run();
            }
        }
        Comparator<Peer> shortest = Comparator.comparingInt(peer -> peer.prefix.length());
        other.peers.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(shortest.reversed()))
                .forEach(peer -> {
                    if (!peer.getValue().equals(peers.put(peer.getKey(), peer.getValue()))) {
                        each.run();
                    }
                });
        ports.run();
        each.run();
        peers.keySet().stream()
                .filter(peer -> !other.peers.containsKey(peer))
                .sorted(shortest)
                .toList()
                .forEach(peer -> {
                    peers.remove(peer);
                    each.run();
                });
        List<Entry> gone = new ArrayList<>(verdicts.keySet());
        gone.removeAll(other.verdicts.keySet());
        Collections.shuffle(gone, random);
        for (Entry entry : gone) {
            verdicts.remove(entry);
            if (random.nextInt(4) == 0) {
                each.run();
            }
        }
        each.run();
    }

    int epoch(int ruleSet) {
        RuleSet facts = ruleSets.get(ruleSet);
        return facts == null ? 0 : facts.epoch();
    }

    Fate fate(Policy.Assignment port, Packet packet) {
        if (port.ruleSet() == 0) {
            return Fate.STATELESS;
        }
        int peerClass = peerClass(port.scope(), packet.remote());
        Optional<Verdict> own = verdict(port.ruleSet(), peerClass, packet, packet.protocol());
        Optional<Verdict> any = verdict(port.ruleSet(), peerClass, packet, Match.ANY_PROTOCOL);
        return own.or(() -> any)
                .filter(Verdict::allow)
                .map(verdict -> verdict.stateful() ? Fate.STATEFUL : Fate.STATELESS)
                .orElse(Fate.DENIED);
    }

    int peerClass(int scope, IpAddress remote) {
        lookups++;
        for (int length = remote.family().bits(); length >= 0; length--) {
            Integer found = peers.get(new Peer(scope, new IpPrefix(remote, length)));
            if (found != null) {
                return found;
            }
        }
        return 0;
    }

    private Optional<Verdict> verdict(int ruleSet, int peerClass, Packet packet, int protocol) {
        lookups++;
        for (int length = 16; length >= 0; length--) {
            PortBlock block = new PortBlock(packet.port() & (0xffff0000 >> length), length);
            Match match = new Match(packet.direction(), packet.remote().family(), protocol, block);
            Verdict found = verdicts.get(new Entry(ruleSet, peerClass, match));
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }
}
