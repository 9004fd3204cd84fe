package io.weft.rest.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
    private static final Someone ALICE = new Someone("alpha", "alice", Set.of("member", "reader"), false);
    private static final Someone ROOT = new Someone("admins", "root", Set.of("admin"), true);
    private static final Someone NOBODY = new Someone(null, null, Set.of(), false);
    private static final Target OWN = target(Map.of(
            "project_id", "alpha",
            "user_id", "alice",
            "shared", true,
            "device_owner", "network:dhcp",
            "network:project_id", "beta",
            "network:shared", false));

    private record Someone(
            @Nullable String project, @Nullable String user, Set<String> roles, boolean admin) implements Credentials {
        @Override
        public boolean hasRole(String role) {
            return roles.contains(role);
        }

        @Override
        public @Nullable String identity(Identity what) {
            return what == Identity.PROJECT ? project : user;
        }
    }

    private static Target target(Map<String, Object> values) {
        return name -> values.getOrDefault(name, Target.ABSENT);
    }

    private static Check rule(String text) {
        return Policy.of(List.of(new Rule("it", text)), List.of()).rule("it").orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    ``                                            | true
                    @                                             | true
                    !                                             | false
                    not !                                         | true
                    role:member                                   | true
                    role:Member                                   | true
                    role:admin                                    | false
                    is_admin:True                                 | false
                    is_admin:False                                | true
                    project_id:%(project_id)s                     | true
                    tenant_id:%(tenant_id)s                       | true
                    tenant_id:%(network:tenant_id)s               | false
                    project_id:alpha                              | true
                    project_id:al%(nothing)s                      | false
                    user_id:%(user_id)s                           | true
                    user:%(user_id)s                              | true
                    user_id:%(project_id)s                        | false
                    'alpha':%(project_id)s                        | true
                    "beta":%(project_id)s                         | false
                    'alpha/alice':%(project_id)s/%(user_id)s      | true
                    '100%':100%%                                  | true
                    True:%(shared)s                               | true
                    False:%(shared)s                              | false
                    field:networks:shared=True                    | true
                    field:networks:shared=False                   | false
                    field:networks:router:external=True           | false
                    field:port:device_owner=~^network:            | true
                    field:port:device_owner=~dhcp                 | false
                    field:port:device_owner=network:dhcp          | true
                    field:port:missing=network:dhcp               | false
                    role:member and role:admin                    | false
                    role:member or role:admin                     | true
                    role:admin or role:member and role:reader     | true
                    role:member or role:admin and !               | true
                    (role:member or role:admin) and !             | false
                    not role:admin and role:member                | true
                    not (role:admin or role:member)               | false
                    ((role:member) and (not (role:admin)))        | true
                    role:member AND NOT role:admin OR !           | true
                    """)
    void saysWhoMay(String text, boolean expected) {
        assertThat(rule(text).allows(ALICE, OWN)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    role:a and                      | rule 'it': a check is missing at the end
                    and role:a                      | rule 'it': 'and' is no check: it has no 'kind:match'
                    (role:a                         | rule 'it': a ')' is missing
                    role:a)                         | rule 'it': ')' was not expected
                    role:a role:b                   | rule 'it': 'role:b' was not expected
                    role:                           | rule 'it': 'role:' names no role
                    member                          | rule 'it': 'member' is no check: it has no 'kind:match'
                    is_admin:yes                    | rule 'it': 'is_admin:yes' is neither True nor False
                    system_scope:all                | rule 'it': 'system_scope:all' asks for 'system_scope', which Weft does not know of callers
                    http://127.0.0.1/ask            | rule 'it': 'http://127.0.0.1/ask' asks another server, which is not supported
                    project_id:%(project_id         | rule 'it': '%(project_id' has a '%' that begins no '%(name)s'
                    project_id:%()s                 | rule 'it': '%()s' has a '%' that begins no '%(name)s'
                    project_id:5%                   | rule 'it': '5%' has a '%' that begins no '%(name)s'
                    field:networks:shared           | rule 'it': 'field:networks:shared' is not of the form field:resource:name=value
                    field:port:device_owner=~[      | rule 'it': 'field:port:device_owner=~[' has no regular expression behind '~': Unclosed character class
                    rule:other                      | rule 'it': asks for rule 'other', which does not exist
                    rule:it                         | rule 'it': leads back to itself: it, it
                    """)
    void namesWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> rule(text)).isInstanceOf(PolicyException.class).hasMessage(message);
    }

    @Test
    void namesEveryMistakeWithItsPlace() {
        assertThatThrownBy(() -> Policy.of(
                        List.of(new Rule("default", "rule:admin_only"), new Rule("admin_only", "role:admin")),
                        List.of(
                                new Rule("a", "rule:b", "policy.yaml:1"),
                                new Rule("b", "rule:c or rule:nowhere", "policy.yaml:2"),
                                new Rule("c", "not rule:a", "policy.yaml:3"),
                                new Rule("b", "!", "policy.yaml:4"))))
                .isInstanceOfSatisfying(
                        PolicyException.class,
                        e -> assertThat(e.problems())
                                .containsExactly("policy.yaml:4: rule 'b': stands here a second time"));
        assertThatThrownBy(() -> Policy.of(
                        List.of(),
                        List.of(
                                new Rule("a", "rule:b", "policy.yaml:1"),
                                new Rule("b", "rule:c or rule:nowhere", "policy.yaml:2"),
                                new Rule("c", "not rule:a", "policy.yaml:3"),
                                new Rule("d", "(role:x", "policy.yaml:4"))))
                .isInstanceOfSatisfying(
                        PolicyException.class,
                        e -> assertThat(e.problems())
                                .containsExactlyInAnyOrder(
                                        "policy.yaml:3: rule 'c': leads back to itself: a, b, c, a",
                                        "policy.yaml:2: rule 'b': asks for rule 'nowhere', which does not exist",
                                        "policy.yaml:4: rule 'd': a ')' is missing"));
    }

    @Test
    void anOverrideCountsWhereverTheRuleIsAskedFor() {
        List<Rule> defaults = List.of(
                new Rule("admin_only", "role:admin"),
                new Rule("create_thing", "rule:admin_only"),
                new Rule("delete_thing", "rule:create_thing or role:janitor"));
        Policy policy = Policy.of(defaults, List.of(new Rule("admin_only", "role:member", "policy.yaml:1")));
        assertThat(policy.rule("delete_thing").orElseThrow().allows(ALICE, OWN)).isTrue();
        assertThat(Policy.of(defaults, List.of())
                        .rule("delete_thing")
                        .orElseThrow()
                        .allows(ALICE, OWN))
                .isFalse();
        assertThat(policy.rule("update_thing")).isEmpty();
    }

    @Test
    void whoHasNoProjectOwnsNothing() {
        Target nobodys = target(Map.of("project_id", ""));
        assertThat(rule("project_id:%(project_id)s").allows(NOBODY, nobodys)).isFalse();
        assertThat(rule("project_id:%(project_id)s").allows(NOBODY, Target.NOTHING))
                .isFalse();
        assertThat(rule("project_id:%(project_id)s").allows(ROOT, OWN)).isFalse();
    }

    @Test
    void knowsWhatDependsOnTheCallerAlone() {
        assertThat(rule("role:a or is_admin:True and not @").aboutCallerAlone()).isTrue();
        assertThat(rule("role:a or project_id:%(project_id)s").aboutCallerAlone())
                .isFalse();
        assertThat(rule("not field:networks:shared=True").aboutCallerAlone()).isFalse();
    }

    /** Whatever is written down from a tree is read as that tree. */
    @Property
    void readsWhatItsGrammarWrites(@ForAll long seed, @ForAll @IntRange(max = 5) int depth) {
        Random random = new Random(seed);
        Written written = write(random, depth);
        assertThat(rule(written.text()).allows(ALICE, OWN)).as(written.text()).isEqualTo(written.value());
    }

    private record Written(String text, boolean value) {}

    private static Written write(Random random, int depth) {
        if (depth == 0) {
            List<Written> leaves = List.of(
                    new Written("@", true),
                    new Written("!", false),
                    new Written("role:member", true),
                    new Written("role:admin", false),
                    new Written("project_id:%(project_id)s", true),
                    new Written("user_id:%(project_id)s", false));
            return leaves.get(random.nextInt(leaves.size()));
        }
        Written first = write(random, depth - 1);
        if (random.nextInt(3) == 0) {
            return new Written("not (" + first.text() + ")", !first.value());
        }
        Written second = write(random, random.nextInt(depth));
        return random.nextBoolean()
                ? new Written("(" + first.text() + ") and (" + second.text() + ")", first.value() && second.value())
                : new Written("(" + first.text() + " or " + second.text() + ")", first.value() || second.value());
    }

    /** Random words are read or refused with a reason, and nothing else happens. */
    @Property
    void neverStumbles(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> words = List.of("(", ")", "and", "or", "not", "@", "!", "role:a", "rule:it", "%", "a:%(b)s", ":");
        List<String> chosen = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            chosen.add(words.get(random.nextInt(words.size())));
        }
        String text = String.join(random.nextBoolean() ? " " : "", chosen);
        try {
            rule(text).allows(ALICE, OWN);
        } catch (PolicyException e) {
            assertThat(e.problems()).isNotEmpty().allMatch(problem -> problem.startsWith("rule 'it': "));
        }
    }
}
