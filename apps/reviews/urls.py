from django.urls import path

from apps.reviews import views
from apps.reviews.transitions import ConditionVerb

app_name = "reviews"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("submit/<uuid:assessment>/", views.submit, name="submit"),
    path("<int:pk>/", views.review, name="review"),
    path("<int:pk>/claim/", views.claim, name="claim"),
    path("<int:pk>/release/", views.release, name="release"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/start-again/", views.start_again, name="start_again"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/comment/", views.comment, name="comment"),
]
urlpatterns += [
    path(f"<int:pk>/conditions/<int:condition>/{verb}/", views.step_condition, {"verb": verb}, name=f"condition_{verb}")
    for verb in ConditionVerb
]
