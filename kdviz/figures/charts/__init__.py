"""Plotly charts: for each, its data (`…Info`), its figure (`…_figure`), and its alt text (`…_alt`)."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.figures.charts.agreement_bars import (
        AgreementBarsInfo,
        agreement_bars_alt,
        agreement_bars_figure,
        agreement_bars_info,
    )
    from kdviz.figures.charts.agreement_scatter import (
        BOX_STYLES,
        BoxPoints,
        ScatterInfo,
        scatter_alt,
        scatter_figure,
        scatter_info,
    )
    from kdviz.figures.charts.chance import ChanceInfo, chance_alt, chance_figure, chance_info
    from kdviz.figures.charts.claim import (
        ClaimInfo,
        claim_alt,
        claim_figure,
        difference_with_interval,
        published_text,
        signed_difference,
    )
    from kdviz.figures.charts.confusion import ConfusionInfo, confusion_alt, confusion_figure, confusion_info
    from kdviz.figures.charts.correlation import (
        CorrelationInfo,
        correlation_alt,
        correlation_figure,
        correlation_info,
    )
    from kdviz.figures.charts.curves import (
        LOSS_PARTS,
        CurveAxis,
        CurveInfo,
        CurveLine,
        accuracy_info,
        agreement_info,
        current_stage,
        curve_alt,
        curve_figure,
        latest_value,
        loss_info,
        smoothed,
    )
    from kdviz.figures.charts.distribution import (
        ArmDistribution,
        ClassDots,
        ClassDotsInfo,
        DistributionInfo,
        class_dots_alt,
        class_dots_figure,
        class_dots_info,
        distribution_alt,
        distribution_figure,
        distribution_info,
    )
    from kdviz.figures.charts.integration_path import PathInfo, path_alt, path_figure
    from kdviz.figures.charts.lambda_curve import LambdaDots, LambdaInfo, lambda_alt, lambda_figure
    from kdviz.figures.charts.localization import (
        LocalizationInfo,
        localization_alt,
        localization_figure,
        localization_info,
    )
    from kdviz.figures.charts.pareto import ParetoInfo, ParetoPoint, pareto_alt, pareto_figure
    from kdviz.figures.charts.plotly_embed import figure_data, plotly_library
    from kdviz.figures.charts.projected import projected
    from kdviz.figures.charts.run_curves import (
        RunCurvesInfo,
        run_curves_alt,
        run_curves_figure,
        run_curves_info,
    )
    from kdviz.figures.charts.soft_labels import (
        SoftLabelInfo,
        soft_label_alt,
        soft_label_figure,
        soft_label_info,
    )
    from kdviz.figures.charts.study_panels import StudyInfo, StudyLine, StudyPanel, study_figure, study_png
    from kdviz.figures.charts.sweep import SweepCell, SweepInfo, sweep_alt, sweep_figure
    from kdviz.figures.charts.sweep_arms import sweep_arms_figure
    from kdviz.figures.charts.sweep_lines import (
        SweepLine,
        SweepLinesInfo,
        SweepPoint,
        sweep_lines_alt,
        sweep_lines_figure,
    )
    from kdviz.figures.charts.tables import chart_rows

export_lazily(__name__)
