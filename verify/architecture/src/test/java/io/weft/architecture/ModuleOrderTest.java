package io.weft.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the module order of {@code docs/architecture.md}: a module uses only what stands above it. */
class ModuleOrderTest {
    /** Each line is a floor: what stands on it may use what stands above, and nothing beside or below. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("io.weft.model"),
            List.of(
                    "io.weft.store",
                    "io.weft.protocol",
                    "io.weft.reference",
                    "io.weft.client",
                    "io.weft.cni",
                    "io.weft.kernel",
                    "io.weft.responders",
                    "io.weft.deployment"),
            List.of("io.weft.domain", "io.weft.compiler", "io.weft.vrouter", "io.weft.docker", "io.weft.kubernetes"),
            List.of("io.weft.rest"),
            List.of("io.weft.neutron", "io.weft.loadbalancer", "io.weft.operations", "io.weft.agent"),
            List.of("io.weft.server"),
            List.of("io.weft.cli"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.weft");

    @Test
    void everyPackageStandsOnAFloor() {
        List<String> modules = FLOORS.stream().flatMap(List::stream).toList();
        List<String> homeless = CLASSES.stream()
                .map(c -> c.getPackageName())
                .distinct()
                .filter(p -> modules.stream().noneMatch(m -> p.equals(m) || p.startsWith(m + ".")))
                .toList();
        assertThat(homeless).isEmpty();
        assertThat(modules)
                .allSatisfy(m -> assertThat(CLASSES.stream()
                                .anyMatch(c -> c.getPackageName().equals(m)
                                        || c.getPackageName().startsWith(m + ".")))
                        .as(m)
                        .isTrue());
    }

    @Test
    void aModuleUsesOnlyWhatStandsAboveIt() {
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            for (String module : FLOORS.get(floor)) {
                List<String> forbidden = new ArrayList<>();
                FLOORS.get(floor).stream().filter(m -> !m.equals(module)).forEach(forbidden::add);
                FLOORS.subList(floor + 1, FLOORS.size()).forEach(forbidden::addAll);
                if (forbidden.isEmpty()) {
                    continue;
                }
                ArchRule rule = noClasses()
                        .that()
                        .resideInAPackage(module + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                forbidden.stream().map(m -> m + "..").toArray(String[]::new))
                        .allowEmptyShould(true);
                rule.check(CLASSES);
            }
        }
    }

    @Test
    void theControlPlaneAndTheNodeMeetInTheProtocolAlone() {
        noClasses()
                .that()
                .resideInAnyPackage("io.weft.agent..", "io.weft.vrouter..", "io.weft.kernel..", "io.weft.responders..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.weft.store..", "io.weft.domain..", "io.weft.compiler..", "io.weft.rest..")
                .check(CLASSES);
    }

    @Test
    void modulesDoNotGoRound() {
        slices().matching("io.weft.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void packagesOfAModuleDoNotGoRound() {
        slices().matching("io.weft.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void noPackageIsAJunkDrawer() {
        noClasses()
                .should()
                .resideInAnyPackage(
                        "..util..", "..utils..", "..common..", "..manager..", "..helper..", "..impl..", "..base..")
                .check(CLASSES);
    }
}
