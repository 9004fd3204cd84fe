package io.weft.kubernetes.neutron;

import io.weft.client.Member;
import io.weft.client.MemberAttributes;
import io.weft.client.Members;
import io.weft.client.NeutronClient;
import io.weft.client.Query;
import io.weft.kubernetes.translate.BalancerSpec.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The members of pools as the API has them. One that changes is one call; several are one call all at once. */
final class MemberKeeper {
    private final NeutronClient neutron;
    private final Map<UUID, Map<Target, Member>> known = new ConcurrentHashMap<>();

    MemberKeeper(NeutronClient neutron) {
        this.neutron = neutron;
    }

    void clear() {
        known.clear();
    }

    /** They are read again when they are next looked at. */
    void forget(UUID pool) {
        known.remove(pool);
    }

    /** It has none yet. */
    void isNew(UUID pool) {
        known.put(pool, new HashMap<>());
    }

    /** The pool has these members with these weights, and no others. */
    void ensure(UUID pool, Map<Target, Integer> wanted) {
        Members members = neutron.members(pool);
        Map<Target, Member> present = known.computeIfAbsent(pool, _ -> read(members));
        Set<Target> different = new HashSet<>(present.keySet());
        different.removeAll(wanted.keySet());
        wanted.forEach((target, weight) -> {
            Member there = present.get(target);
            if (there == null || there.weight() != weight) {
                different.add(target);
            }
        });
        if (different.size() == 1) {
            one(members, present, different.iterator().next(), wanted);
        } else if (!different.isEmpty()) {
            members.replaceAll(wanted.entrySet().stream()
                    .map(member -> attributes(member.getKey(), member.getValue()))
                    .toList());
            known.remove(pool);
            known.put(pool, read(members));
        }
    }

    private static Map<Target, Member> read(Members members) {
        Map<Target, Member> found = new HashMap<>();
        members.list(Query.ALL)
                .forEach(member -> found.put(new Target(member.address(), member.protocolPort()), member));
        return found;
    }

    private static MemberAttributes attributes(Target target, int weight) {
        return MemberAttributes.at(target.address(), target.port()).weight(weight);
    }

    private static void one(Members members, Map<Target, Member> present, Target target, Map<Target, Integer> wanted) {
        Member there = present.get(target);
        Integer weight = wanted.get(target);
        if (there == null && weight != null) {
            present.put(target, members.create(attributes(target, weight)));
        } else if (there != null && weight != null) {
            present.put(target, members.update(there.id(), MemberAttributes.NONE.weight(weight)));
        } else if (there != null) {
            members.delete(there.id());
            present.remove(target);
        }
    }
}
