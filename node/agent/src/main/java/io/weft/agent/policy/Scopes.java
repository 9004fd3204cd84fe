package io.weft.agent.policy;

import io.weft.model.IpPrefix;
import io.weft.protocol.Member;
import io.weft.protocol.Remote;
import io.weft.vrouter.PolicyNumber;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;

/** The scopes in use, by the selectors that they have, and the members that these mean. */
final class Scopes {
    private final Numbers numbers;
    private final Room room;
    private final PolicyOutput output;
    private final Map<UUID, MemberSet> members = new HashMap<>();
    private final Map<List<Remote>, PeerScope> scopes = new HashMap<>();
    private final Set<PeerScope> touched = new LinkedHashSet<>();

    Scopes(Numbers numbers, Room room, PolicyOutput output) {
        this.numbers = numbers;
        this.room = room;
        this.output = output;
    }

    /** A member comes. */
    void put(UUID set, Member member) {
        MemberSet known = members.computeIfAbsent(set, s -> new MemberSet());
        for (IpPrefix prefix : member.addresses()) {
            if (known.add(prefix)) {
                changed(set, known, prefix, true);
            }
        }
    }

    /** A member goes. */
    void remove(UUID set, Member member) {
        MemberSet known = members.computeIfAbsent(set, s -> new MemberSet());
        for (IpPrefix prefix : member.addresses()) {
            if (known.remove(prefix)) {
                changed(set, known, prefix, false);
            }
        }
        forget(set, known);
    }

    private void changed(UUID set, MemberSet known, IpPrefix prefix, boolean has) {
        for (PeerScope scope : known.scopes) {
            scope.change(new Remote.Members(set), prefix, has);
            touched.add(scope);
        }
    }

    private void forget(UUID set, MemberSet known) {
        if (known.isEmpty()) {
            members.remove(set);
        }
    }

    /** Brings the scopes up to date in which something has changed, and tells what. */
    void settle(BiConsumer<PeerScope, PeerScope.Outcome> changed) {
        for (PeerScope scope : scopes.values()) {
            if (scope.unwritten() > 0) {
                scope.retry();
                touched.add(scope);
            }
        }
        touched.forEach(scope -> changed.accept(scope, scope.settle()));
        touched.clear();
    }

    /** The scope with these selectors, brought up to date. */
    PeerScope get(List<Remote> selectors) {
        PeerScope known = scopes.get(selectors);
        if (known != null) {
            return known;
        }
        UUID name = Numbers.name(selectors.toArray());
        int number = numbers.take(PolicyNumber.Kind.SCOPE, name)
                .orElseThrow(() -> new IllegalStateException("there are two thousand million scopes"));
        PeerScope scope = new PeerScope(number, name, selectors, numbers, room, output);
        scopes.put(scope.selectors, scope);
        for (Remote selector : selectors) {
            switch (selector) {
                case Remote.Anyone _ -> throw new IllegalStateException("anyone is no selector");
                case Remote.Prefix(IpPrefix prefix) -> scope.change(selector, prefix, true);
                case Remote.Members(UUID id) -> {
                    MemberSet set = members.computeIfAbsent(id, i -> new MemberSet());
                    set.scopes.add(scope);
                    set.prefixes().forEach(prefix -> scope.change(selector, prefix, true));
                }
            }
        }
        scope.settle();
        return scope;
    }

    /** Ends a scope if nobody uses it. */
    void close(PeerScope scope) {
        if (!scope.users.isEmpty() || !scopes.remove(scope.selectors, scope)) {
            return;
        }
        for (Remote selector : scope.selectors) {
            MemberSet set = selector instanceof Remote.Members(UUID id) ? members.get(id) : null;
            if (set != null && selector instanceof Remote.Members(UUID id)) {
                set.scopes.remove(scope);
                forget(id, set);
            }
        }
        scope.close();
    }
}
