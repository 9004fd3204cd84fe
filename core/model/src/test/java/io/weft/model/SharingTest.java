package io.weft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.model.RbacPolicy.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SharingTest {
    private static final Meta META = Meta.create(new UUID(1, 1), "p", "", "", Instant.EPOCH);

    private static RbacPolicy policy(int number, Action action, String target) {
        return new RbacPolicy(new UUID(9, number), "p", action, target, false);
    }

    @Test
    void aPolicyAllowsItsActionToItsTargetOrToEveryone() {
        Sharing sharing = new Sharing(List.of(
                policy(1, Action.ACCESS_AS_SHARED, "b"),
                policy(2, Action.ACCESS_AS_SHARED, "a"),
                policy(3, Action.ACCESS_AS_EXTERNAL, "c")));
        assertThat(sharing.allows(Action.ACCESS_AS_SHARED, "a")).isTrue();
        assertThat(sharing.allows(Action.ACCESS_AS_SHARED, "b")).isTrue();
        assertThat(sharing.allows(Action.ACCESS_AS_SHARED, "c")).isFalse();
        assertThat(sharing.allows(Action.ACCESS_AS_EXTERNAL, "a")).isFalse();
        assertThat(sharing.isForEveryone(Action.ACCESS_AS_EXTERNAL)).isFalse();
        assertThat(sharing.with(policy(3, Action.ACCESS_AS_EXTERNAL, "*")).allows(Action.ACCESS_AS_EXTERNAL, "a"))
                .isTrue();
        assertThat(sharing.without(Action.ACCESS_AS_EXTERNAL).has(Action.ACCESS_AS_EXTERNAL))
                .isFalse();
        assertThatThrownBy(() -> sharing.with(policy(4, Action.ACCESS_AS_SHARED, "a")))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> policy(4, Action.ACCESS_AS_SHARED, "")).isInstanceOf(InvalidException.class);
    }

    @Test
    void anObjectHasNoMorePoliciesThanItsRecordHolds() {
        List<RbacPolicy> policies = new ArrayList<>();
        for (int i = 0; i < Sharing.MAX_POLICIES; i++) {
            policies.add(policy(i, Action.ACCESS_AS_SHARED, "p" + i));
        }
        Sharing full = new Sharing(policies);
        assertThat(full.allows(Action.ACCESS_AS_SHARED, "p999")).isTrue();
        assertThatThrownBy(() -> full.with(policy(-1, Action.ACCESS_AS_SHARED, "q")))
                .isInstanceOfSatisfying(
                        InvalidException.class, e -> assertThat(e.field()).isEqualTo("object_id"));
    }

    @Test
    void whatAttributesSayByThemselvesIsWrittenByThemAlone() {
        Sharing implied = Sharing.implied(META, true, true);
        assertThat(implied.policies()).hasSize(2).allMatch(RbacPolicy::implied);
        assertThat(implied.explicit(META)).isEmpty();
        assertThat(Sharing.implied(META, true, true)).isEqualTo(implied);
        RbacPolicy own = policy(1, Action.ACCESS_AS_SHARED, "b");
        assertThat(implied.with(own).explicit(META)).containsExactly(own);
        assertThat(implied.with(own).agreeing(META, false, true).policies())
                .hasSize(2)
                .contains(own);
    }

    @Test
    void indexesOfPoliciesAgreeWithAScanAfterRandomChanges() {
        Random random = new Random(45);
        List<String> projects = List.of("a", "b", "c", RbacPolicy.EVERYONE);
        World world = World.empty();
        for (int step = 0; step < 2_000; step++) {
            UUID id = new UUID(1, random.nextInt(4));
            Meta meta = Meta.create(id, "p", "", "", Instant.EPOCH);
            Sharing sharing = sharing(random, id, projects);
            Sharing inside = sharing.without(Action.ACCESS_AS_EXTERNAL);
            world = switch (random.nextInt(6)) {
                case 0 -> world.without(Resource.Kind.NETWORK, id);
                case 1 -> world.without(Resource.Kind.SECURITY_GROUP, id);
                case 2 -> world.with(new SecurityGroup(meta, false, true).withSharing(inside));
                case 3 -> world.with(new AddressGroup(meta, List.of(), inside));
                case 4 -> world.with(new QosPolicy(meta, inside, false, List.of()));
                default ->
                    world.with(new Network(
                            meta,
                            true,
                            sharing,
                            100,
                            1450,
                            true,
                            "",
                            Optional.empty(),
                            Optional.empty(),
                            false,
                            Optional.empty(),
                            List.of()));
            };
            World now = world;
            List<Shareable> objects = new ArrayList<>(now.networks());
            objects.addAll(now.securityGroups());
            objects.addAll(now.addressGroups());
            objects.addAll(now.qosPolicies());
            for (String project : List.of("a", "b", "c")) {
                assertThat(now.networksSharedWith(project))
                        .containsExactlyInAnyOrderElementsOf(now.networks().stream()
                                .filter(network -> network.isSharedWith(project))
                                .toList());
                assertThat(now.networksExternalFor(project))
                        .containsExactlyInAnyOrderElementsOf(now.networks().stream()
                                .filter(network -> network.isExternalFor(project))
                                .toList());
                assertThat(now.securityGroupsSharedWith(project))
                        .containsExactlyInAnyOrderElementsOf(now.securityGroups().stream()
                                .filter(group -> group.isSharedWith(project))
                                .toList());
                assertThat(now.addressGroupsSharedWith(project))
                        .containsExactlyInAnyOrderElementsOf(now.addressGroups().stream()
                                .filter(group -> group.isSharedWith(project))
                                .toList());
                assertThat(now.qosPoliciesSharedWith(project))
                        .containsExactlyInAnyOrderElementsOf(now.qosPolicies().stream()
                                .filter(policy -> policy.isSharedWith(project))
                                .toList());
                assertThat(now.rbacPoliciesOfProject(project))
                        .containsExactlyInAnyOrderElementsOf(now.rbacPolicies().stream()
                                .filter(entry -> entry.policy().project().equals(project))
                                .toList());
            }
            assertThat(now.rbacPolicies())
                    .containsExactlyInAnyOrderElementsOf(objects.stream()
                            .flatMap(object ->
                                    object.sharing().policies().stream().map(policy -> new RbacEntry(object, policy)))
                            .toList());
        }
    }

    private static Sharing sharing(Random random, UUID object, List<String> projects) {
        Sharing sharing = Sharing.NONE;
        for (Action action : Action.values()) {
            for (String target : projects) {
                if (random.nextInt(3) == 0) {
                    UUID id = new UUID(random.nextLong(), object.getLeastSignificantBits());
                    String owner = projects.get(random.nextInt(3));
                    sharing = sharing.with(new RbacPolicy(id, owner, action, target, random.nextBoolean()));
                }
            }
        }
        return sharing;
    }
}
